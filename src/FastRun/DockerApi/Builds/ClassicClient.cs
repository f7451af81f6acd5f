using System;
using System.Buffers;
using System.IO;
using System.Threading;
using FastRun.Engine.Build;
using FastRun.Engine.Errors;
using FastRun.Layers.Registry;

namespace FastRun.DockerApi.Builds;

/// <summary>A client of the classic protocol: its context is the body of its request.</summary>
/// <param name="exchange">The request.</param>
/// <param name="gone">Ends the build.</param>
internal sealed class ClassicClient(ApiExchange exchange, CancellationToken gone) : BuildClient
{
    private const int Chunk = 128 << 10;

    public override CancellationToken Gone => gone;

    public override IRegistryCredentials Credentials { get; } = GivenRegistryConfig.Of(exchange);

    public override void WriteInput(Stream output)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            int length;
            while ((length = exchange.Http.RequestBody.ReadAsync(chunk, gone).AsTask().GetAwaiter().GetResult()) > 0)
            {
                output.Write(chunk, 0, length);
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException)
        {
            throw new EngineException(ErrorKind.Interrupted, "the client is gone before its context was whole", e);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
