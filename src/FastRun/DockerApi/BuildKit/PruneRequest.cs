using System;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>What Control.Prune is asked for.</summary>
/// <param name="Filter">What is to go; empty for anything.</param>
/// <param name="All">Also what images have.</param>
/// <param name="KeepNanoseconds">What was used since then stays; 0 for nothing.</param>
/// <param name="KeepBytes">How much may stay; 0 for nothing.</param>
internal sealed record PruneRequest(string Filter, bool All, long KeepNanoseconds, long KeepBytes)
{
    internal static PruneRequest Read(ReadOnlySpan<byte> message)
    {
        PruneRequest request = new("", false, 0, 0);
        ProtoReader reader = new(message);
        while (reader.TryNext(out int field))
        {
            request = field switch
            {
                1 => request with { Filter = reader.Text() },
                2 => request with { All = reader.Flag() },
                3 => request with { KeepNanoseconds = reader.Number() },

                // The most that stays; its first name was keepBytes.
                4 or 5 => request with { KeepBytes = Math.Max(request.KeepBytes, reader.Number()) },
                6 => reader.Number() == 0 ? request : throw new GrpcException(GrpcStatus.Unimplemented, "min-free-space is not supported"),
                _ => request,
            };
        }

        return request;
    }
}
