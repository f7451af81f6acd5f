using System;
using System.Buffers;
using System.IO;
using System.Threading.Tasks;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.DockerApi.Streams;

/// <summary>The body of a request as a descriptor, for what the engine reads as it reads files.</summary>
internal static class RequestPipe
{
    private const int Chunk = 64 << 10;

    /// <summary>Lets the engine read the body; what it leaves is not read.</summary>
    internal static async Task<T> RunAsync<T>(ApiExchange exchange, Func<Fd, T> read)
    {
        Pipe.Open(out Fd input, out Fd output);
        Task copying = Task.CompletedTask;
        Task<T> reading = ApiWork.RunAsync(() =>
        {
            using (input)
            {
                return read(input);
            }
        });
        try
        {
            copying = CopyAsync(exchange, output);
            return await reading;
        }
        finally
        {
            await copying;
        }
    }

    /// <inheritdoc cref="RunAsync{T}"/>
    internal static Task RunAsync(ApiExchange exchange, Action<Fd> read) => RunAsync(exchange, input =>
    {
        read(input);
        return 0;
    });

    private static async Task CopyAsync(ApiExchange exchange, Fd output)
    {
        byte[] chunk = ArrayPool<byte>.Shared.Rent(Chunk);
        try
        {
            int length;
            while ((length = await exchange.Http.RequestBody.ReadAsync(chunk, exchange.Aborted)) > 0)
            {
                await Task.Run(() => FileContent.Write(output, chunk.AsSpan(0, length)));
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or SyscallException)
        {
            // A client that is gone leaves a tar that is not whole; a reader that has failed says why itself.
        }
        finally
        {
            output.Dispose();
            ArrayPool<byte>.Shared.Return(chunk);
        }
    }
}
