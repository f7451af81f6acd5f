using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;

namespace FastRun.Http;

/// <summary>One socket that a server listens at. The next connection is asked for once, whoever takes it in the end.</summary>
internal sealed class ListeningSocket : IDisposable
{
    private const int Backlog = 512;

    // A process without descriptors left cannot take a connection, nor can it do anything about it.
    private static readonly TimeSpan s_pause = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly Socket _socket;
    private readonly SocketConnectionContextFactory _connections = new(new SocketConnectionFactoryOptions(), NullLogger.Instance);
    private Task<Socket>? _next;

    /// <summary>Binds it and listens.</summary>
    /// <exception cref="SocketException">The address cannot be had.</exception>
    internal ListeningSocket(EndPoint endpoint)
    {
        if (endpoint is FileHandleEndPoint inherited)
        {
            _socket = new Socket(new SafeSocketHandle((nint)inherited.FileHandle, ownsHandle: true));
            EndPoint = endpoint;
        }
        else
        {
            _socket = new Socket(endpoint.AddressFamily, SocketType.Stream, endpoint is IPEndPoint ? ProtocolType.Tcp : ProtocolType.Unspecified);
            try
            {
                if (endpoint is IPEndPoint { Address: var address } && address.Equals(IPAddress.IPv6Any))
                {
                    _socket.DualMode = true;
                }

                _socket.Bind(endpoint);
            }
            catch
            {
                _socket.Dispose();
                throw;
            }

            EndPoint = endpoint is IPEndPoint ? _socket.LocalEndPoint! : endpoint;
        }

        _socket.Listen(Backlog);
    }

    /// <summary>Where it listens, with the port that was found.</summary>
    internal EndPoint EndPoint { get; }

    /// <summary>The next connection, which stays the next one until <see cref="TakeAsync"/> takes it.</summary>
    internal Task<Socket> NextAsync()
    {
        lock (_gate)
        {
            return _next ??= _socket.AcceptAsync();
        }
    }

    /// <summary>Takes the next connection, which has come.</summary>
    /// <returns>Null where it was gone before it could be taken.</returns>
    internal async Task<ConnectionContext?> TakeAsync()
    {
        Task<Socket> arrived;
        lock (_gate)
        {
            (arrived, _next) = (_next!, null);
        }

        try
        {
            Socket socket = await arrived;
            if (socket.LocalEndPoint is IPEndPoint)
            {
                socket.NoDelay = true;
            }

            return _connections.Create(socket);
        }
        catch (SocketException e)
        {
            if (e.SocketErrorCode is not (SocketError.ConnectionAborted or SocketError.OperationAborted))
            {
                await Task.Delay(s_pause);
            }

            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _socket.Dispose();
        _connections.Dispose();
    }
}
