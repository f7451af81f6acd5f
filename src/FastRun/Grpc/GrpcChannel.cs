using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.Grpc;

/// <summary>Calls over one connection that is there already, of which this is the client's side (HTTP/2 without TLS).</summary>
internal sealed class GrpcChannel : IDisposable
{
    private readonly HttpMessageInvoker _invoker;
    private Stream? _connection;

    /// <summary>Uses a connection.</summary>
    internal GrpcChannel(Stream connection)
    {
        _connection = new RepeatedMetadata(connection);
        _invoker = new HttpMessageInvoker(new SocketsHttpHandler
        {
            ConnectCallback = (_, _) => Interlocked.Exchange(ref _connection, null) is { } only
                ? ValueTask.FromResult(only)
                : throw new IOException("the connection has ended"),
            UseProxy = false,
            UseCookies = false,
            AllowAutoRedirect = false,
            ActivityHeadersPropagator = null,
            PooledConnectionIdleTimeout = Timeout.InfiniteTimeSpan,
            PooledConnectionLifetime = Timeout.InfiniteTimeSpan,
            InitialHttp2StreamWindowSize = 1 << 20,
        });
    }

    /// <summary>Begins a call.</summary>
    /// <param name="method">What is called: <c>/package.Service/Method</c>.</param>
    /// <param name="metadata">What is said beside the messages.</param>
    /// <param name="cancellation">Gives it up.</param>
    internal GrpcClientCall Begin(string method, IEnumerable<KeyValuePair<string, string>> metadata, CancellationToken cancellation)
    {
        GrpcClientCall.Outgoing content = new();
        HttpRequestMessage request = new(HttpMethod.Post, "http://session" + method)
        {
            Version = HttpVersion.Version20,
            VersionPolicy = HttpVersionPolicy.RequestVersionExact,
            Content = content,
        };
        request.Headers.TE.Add(new TransferCodingWithQualityHeaderValue("trailers"));
        foreach ((string name, string value) in metadata)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return new GrpcClientCall(content, _invoker.SendAsync(request, cancellation), request, cancellation);
    }

    /// <summary>A call with one message each way.</summary>
    /// <exception cref="GrpcException">It failed.</exception>
    internal async Task<byte[]> CallAsync(string method, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        using GrpcClientCall call = Begin(method, [], cancellation);
        await call.SendAsync(message);
        await call.EndSendingAsync();
        byte[]? answer = await call.ReceiveAsync();
        while (await call.ReceiveAsync() is not null)
        {
            // There is none; this is how the status is come to.
        }

        return answer ?? [];
    }

    /// <inheritdoc/>
    public void Dispose() => _invoker.Dispose();
}
