using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Errors;
using FastRun.Native.Launch;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;

namespace FastRun.Http;

/// <summary>
/// Kestrel without a host: no dependency injection, configuration, routing or middleware, none of which starts in milliseconds.
/// HTTP/1.1; every request goes to one handler. Kestrel has a thread that wakes up each second, so there is one only while there
/// are connections, and for a moment longer (docs/adr/0027).
/// </summary>
internal sealed class HttpServer : IAsyncDisposable
{
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(3);

    private readonly HttpServerOptions _options;
    private readonly Func<HttpExchange, Task> _handler;
    private readonly CancellationTokenSource _ending = new();
    private ListeningSockets? _sockets;
    private Task<KestrelServer?> _serving = Task.FromResult<KestrelServer?>(null);

    internal HttpServer(HttpServerOptions options, Func<HttpExchange, Task> handler) => (_options, _handler) = (options, handler);

    /// <summary>Where it listens, with the ports that were found.</summary>
    internal IReadOnlyList<EndPoint> Endpoints => _sockets?.Endpoints ?? [];

    /// <summary>Starts to listen.</summary>
    /// <exception cref="EngineException">An address cannot be had.</exception>
    internal Task StartAsync()
    {
        try
        {
            _sockets = new ListeningSockets(_options.Endpoints, _options.MaxConnections);
        }
        catch (SocketException e)
        {
            throw new EngineException(ErrorKind.Unavailable, $"{Describe(_options.Endpoints)}: listen: {Reason(e)}", e);
        }

        _serving = ServeAsync(_sockets, _ending.Token);
        return Task.CompletedTask;
    }

    /// <summary>Listens no longer, and waits for the requests that are under way.</summary>
    /// <param name="patience">When it is cancelled, what is still under way is broken off.</param>
    internal async Task StopAsync(CancellationToken patience)
    {
        await _ending.CancelAsync();
        using KestrelServer? kestrel = await _serving;
        _sockets?.Dispose();
        if (kestrel is not null)
        {
            await kestrel.StopAsync(patience);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync(new CancellationToken(canceled: true));
        _ending.Dispose();
    }

    /// <summary>Serves until it ends.</summary>
    /// <returns>The Kestrel that serves at the end; null for none.</returns>
    private async Task<KestrelServer?> ServeAsync(ListeningSockets sockets, CancellationToken ending)
    {
        KestrelServer? kestrel = null;
        try
        {
            while (true)
            {
                await sockets.ArrivalAsync(ending);
                kestrel = Create(sockets);
                sockets.Reopen();
                await kestrel.StartAsync(new HttpApplication(_handler), CancellationToken.None);
                do
                {
                    await sockets.EmptyAsync(ending);
                    await Task.Delay(s_rest, ending);
                }
                while (!sockets.TryClose());
                await kestrel.StopAsync(CancellationToken.None);
                kestrel.Dispose();
                kestrel = null;

                _options.Resting?.Invoke();

                // What the clients of a busy hour needed goes back to the machine; nothing is left that would make a collection happen.
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
                ProcessMemory.ReleaseCode();
            }
        }
        catch (OperationCanceledException)
        {
            return kestrel;
        }
    }

    private KestrelServer Create(ListeningSockets sockets)
    {
        MinDataRate? rate = _options.MinBodyRate is { } slowest ? new MinDataRate(slowest, s_grace) : null;
        KestrelServerOptions kestrel = new() { AddServerHeader = false };
        kestrel.Limits.MaxConcurrentUpgradedConnections = _options.MaxConnections;
        kestrel.Limits.MaxRequestHeadersTotalSize = _options.MaxHeaderBytes;
        kestrel.Limits.RequestHeadersTimeout = _options.HeaderTimeout;
        kestrel.Limits.KeepAliveTimeout = _options.KeepAliveTimeout;
        kestrel.Limits.MinRequestBodyDataRate = rate;
        kestrel.Limits.MinResponseDataRate = rate;
        // Handlers know what each body may be; none is too long for Kestrel itself.
        kestrel.Limits.MaxRequestBodySize = null;
        foreach (EndPoint endpoint in sockets.Endpoints)
        {
            kestrel.Listen(endpoint, listen => Configure(listen, sockets));
        }

        return new KestrelServer(Options.Create(kestrel), sockets, NullLoggerFactory.Instance);
    }

    private void Configure(ListenOptions listen, ListeningSockets sockets)
    {
        listen.Protocols = HttpProtocols.Http1;
        listen.Use(next => connection => sockets.RunAsync(connection, next));
        if (_options.Tls is { } tls)
        {
            listen.Use(next => new TlsConnection(next, tls).RunAsync);
        }

        if (_options.Takeover)
        {
            listen.Use(next => connection => TakeableConnection.RunAsync(connection, next));
        }
    }

    private static string Describe(IReadOnlyList<EndPoint> endpoints) => string.Join(", ", endpoints);

    private static string Reason(SocketException exception) => exception.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => "address already in use",
        SocketError.AddressNotAvailable => "no interface has the address",
        SocketError.AccessDenied => "permission denied",
        _ => "the socket cannot be bound",
    };
}
