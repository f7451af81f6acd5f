using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Errors;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FastRun.Http;

/// <summary>
/// Kestrel without a host: no dependency injection, configuration, routing or middleware, none of which starts in milliseconds.
/// HTTP/1.1; every request goes to one handler.
/// </summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);

    private readonly List<ListenOptions> _listening = [];
    private readonly HttpServerOptions _options;
    private readonly KestrelServer _kestrel;
    private readonly Func<HttpExchange, Task> _handler;

    internal HttpServer(HttpServerOptions options, Func<HttpExchange, Task> handler)
    {
        (_options, _handler) = (options, handler);
        MinDataRate? rate = options.MinBodyRate is { } slowest ? new MinDataRate(slowest, s_grace) : null;
        KestrelServerOptions kestrel = new() { AddServerHeader = false };
        kestrel.Limits.MaxConcurrentConnections = options.MaxConnections;
        kestrel.Limits.MaxConcurrentUpgradedConnections = options.MaxConnections;
        kestrel.Limits.MaxRequestHeadersTotalSize = options.MaxHeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = options.HeaderTimeout;
        kestrel.Limits.KeepAliveTimeout = options.KeepAliveTimeout;
        kestrel.Limits.MinRequestBodyDataRate = rate;
        kestrel.Limits.MinResponseDataRate = rate;
        // Handlers know what each body may be; none is too long for Kestrel itself.
        kestrel.Limits.MaxRequestBodySize = null;
        foreach (EndPoint endpoint in options.Endpoints)
        {
            kestrel.Listen(endpoint, Configure);
        }

        SocketTransportFactory transport = new(
            Options.Create(new SocketTransportOptions()), NullLoggerFactory.Instance);
        _kestrel = new KestrelServer(Options.Create(kestrel), transport, NullLoggerFactory.Instance);
    }

    /// <summary>Where it listens, with the ports that were found.</summary>
    internal IReadOnlyList<EndPoint> Endpoints => [.. _listening.Select(static options => options.EndPoint)];

    /// <summary>Starts to listen.</summary>
    /// <exception cref="EngineException">An address cannot be had.</exception>
    internal async Task StartAsync()
    {
        try
        {
            await _kestrel.StartAsync(new HttpApplication(_handler), CancellationToken.None);
        }
        catch (Exception e) when (e is IOException or SocketException)
        {
            throw new EngineException(ErrorKind.Unavailable, $"{Describe(_options.Endpoints)}: listen: {Reason(e)}", e);
        }
    }

    /// <summary>Listens no longer, and waits for the requests that are under way.</summary>
    /// <param name="patience">When it is cancelled, what is still under way is broken off.</param>
    internal Task StopAsync(CancellationToken patience) => _kestrel.StopAsync(patience);

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _kestrel.Dispose();
        return ValueTask.CompletedTask;
    }

    private void Configure(ListenOptions listen)
    {
        listen.Protocols = HttpProtocols.Http1;
        if (_options.Tls is { } tls)
        {
            listen.Use(next => new TlsConnection(next, tls).RunAsync);
        }

        if (_options.Takeover)
        {
            listen.Use(next => connection => TakeableConnection.RunAsync(connection, next));
        }

        _listening.Add(listen);
    }

    private static string Describe(IReadOnlyList<EndPoint> endpoints) => string.Join(", ", endpoints);

    private static string Reason(Exception exception)
    {
        for (Exception? inner = exception; inner is not null; inner = inner.InnerException)
        {
            switch (inner)
            {
                case AddressInUseException:
                    return "address already in use";
                case SocketException socket:
                    return socket.SocketErrorCode switch
                    {
                        SocketError.AddressAlreadyInUse => "address already in use",
                        SocketError.AddressNotAvailable => "no interface has the address",
                        SocketError.AccessDenied => "permission denied",
                        _ => "the socket cannot be bound",
                    };
            }
        }

        return "the socket cannot be bound";
    }
}
