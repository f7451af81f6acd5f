using System.Collections.Generic;
using System.IO.Pipelines;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;

namespace FastRun.Http;

/// <summary>A connection that a handler can take over (<see cref="RawConnection"/>).</summary>
internal sealed class TakeableConnection : ConnectionContext, IDuplexPipe
{
    private readonly ConnectionContext _connection;
    private readonly RawConnection _raw;
    private readonly CancellationTokenSource _closed = new();

    private TakeableConnection(ConnectionContext connection)
    {
        _connection = connection;
        _raw = new RawConnection(connection);
        ConnectionClosed = _closed.Token;
        Input = connection.Transport.Input;
        Output = new RawConnection.Writer(connection.Transport.Output, _raw);
        Transport = this;
        connection.Features.Set(_raw);
    }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public override string ConnectionId
    {
        get => _connection.ConnectionId;
        set => _connection.ConnectionId = value;
    }

    public override IFeatureCollection Features => _connection.Features;

    public override IDictionary<object, object?> Items
    {
        get => _connection.Items;
        set => _connection.Items = value;
    }

    public override IDuplexPipe Transport { get; set; }

    public override CancellationToken ConnectionClosed { get; set; }

    public override EndPoint? LocalEndPoint
    {
        get => _connection.LocalEndPoint;
        set => _connection.LocalEndPoint = value;
    }

    public override EndPoint? RemoteEndPoint
    {
        get => _connection.RemoteEndPoint;
        set => _connection.RemoteEndPoint = value;
    }

    /// <summary>Puts it around a connection that requests are read from.</summary>
    internal static async Task RunAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        TakeableConnection takeable = new(connection);
        await using CancellationTokenRegistration registration = connection.ConnectionClosed.Register(takeable.InputEnded);
        await next(takeable);
    }

    public override void Abort()
    {
        if (!_raw.IsTaken)
        {
            _connection.Abort();
        }
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        if (!_raw.IsTaken)
        {
            _connection.Abort(abortReason);
        }
    }

    private void InputEnded()
    {
        if (!_raw.IsTaken)
        {
            _closed.Cancel();
        }
    }
}
