using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Native.Filesystem;

namespace FastRun.DockerApi.Streams;

/// <summary>The body of a response as a stream for the engine, whose thread waits where the client reads slowly.</summary>
internal sealed class ResponseWriter : WriteOnlyStream
{
    private readonly Stream _body;
    private readonly CancellationToken _gone;

    private ResponseWriter(ApiExchange exchange) => (_body, _gone) = (exchange.Http.ResponseBody.AsStream(), exchange.Aborted);

    /// <summary>Lets the engine write the body.</summary>
    internal static Task RunAsync(ApiExchange exchange, Action<Stream> write) => ApiWork.RunAsync(() =>
    {
        using ResponseWriter output = new(exchange);
        write(output);
    });

    public override void Write(ReadOnlySpan<byte> buffer) => WriteAsync(buffer.ToArray(), _gone).AsTask().GetAwaiter().GetResult();

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        await _body.WriteAsync(buffer, cancellationToken);
        await _body.FlushAsync(cancellationToken);
    }

    public override void Flush()
    {
    }
}
