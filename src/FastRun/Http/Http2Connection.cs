using System;
using System.Collections.Generic;
using System.IO.Pipelines;
using System.Net;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FastRun.Http;

/// <summary>
/// A connection that was taken over and goes on in HTTP/2, served by a Kestrel of its own: one that waits for sockets would keep a clock
/// ticking when there is no connection (docs/adr/0027). This is the transport that Kestrel has it from.
/// </summary>
internal sealed class Http2Connection : ConnectionContext, IConnectionListenerFactory, IConnectionListener
{
    private static readonly EndPoint s_place = new Place();

    private readonly Channel<ConnectionContext> _arriving = Channel.CreateBounded<ConnectionContext>(1);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _closed;

    private Http2Connection(IDuplexPipe pipe, CancellationToken gone)
    {
        Transport = pipe;
        _closed = CancellationTokenSource.CreateLinkedTokenSource(gone);
        ConnectionClosed = _closed.Token;
        _arriving.Writer.TryWrite(this);
    }

    public EndPoint EndPoint => s_place;

    public override string ConnectionId { get; set; } = "taken";

    public override IFeatureCollection Features { get; } = new FeatureCollection();

    public override IDictionary<object, object?> Items { get; set; } = new Dictionary<object, object?>();

    public override IDuplexPipe Transport { get; set; }

    /// <summary>Serves until either side ends the connection.</summary>
    /// <param name="pipe">What comes and goes.</param>
    /// <param name="handler">Answers each request.</param>
    /// <param name="gone">The client is gone, of which reading may tell nothing.</param>
    internal static async Task ServeAsync(IDuplexPipe pipe, Func<HttpExchange, Task> handler, CancellationToken gone)
    {
        await using Http2Connection connection = new(pipe, gone);
        KestrelServerOptions options = new() { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        options.Limits.MinResponseDataRate = null;
        options.Limits.KeepAliveTimeout = TimeSpan.FromDays(1);
        options.Listen(s_place, static listen => listen.Protocols = HttpProtocols.Http2);
        using KestrelServer kestrel = new(Options.Create(options), connection, NullLoggerFactory.Instance);
        await kestrel.StartAsync(new HttpApplication(handler), CancellationToken.None);
        await connection._ended.Task;
        await kestrel.StopAsync(CancellationToken.None);
    }

    public override void Abort(ConnectionAbortedException abortReason)
    {
        Transport.Input.CancelPendingRead();
        _closed.Cancel();
    }

    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default) => new(this);

    public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default) =>
        await _arriving.Reader.WaitToReadAsync(cancellationToken) && _arriving.Reader.TryRead(out ConnectionContext? connection) ? connection : null;

    public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
    {
        _arriving.Writer.TryComplete();
        return ValueTask.CompletedTask;
    }

    /// <summary>Kestrel is done with it.</summary>
    public override ValueTask DisposeAsync()
    {
        _ended.TrySetResult();
        return base.DisposeAsync();
    }

    private sealed class Place : EndPoint
    {
        public override string ToString() => "a connection that was taken over";
    }
}
