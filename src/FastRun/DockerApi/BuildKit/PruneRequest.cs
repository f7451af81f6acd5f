using System;
using System.Collections.Generic;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>What Control.Prune is asked for.</summary>
/// <param name="Filters">What is to go, one of several; none for anything.</param>
/// <param name="All">Also what images have.</param>
/// <param name="KeepNanoseconds">What was used since then stays; 0 for nothing.</param>
/// <param name="ReservedBytes">What it never goes below; its first name was keepBytes.</param>
/// <param name="MostBytes">How much may stay; 0 for no such limit.</param>
/// <param name="FreeBytes">What the disk is to have free; 0 for no such wish.</param>
internal sealed record PruneRequest(IReadOnlyList<string> Filters, bool All, long KeepNanoseconds, long ReservedBytes, long MostBytes, long FreeBytes)
{
    internal static PruneRequest Read(ReadOnlySpan<byte> message)
    {
        PruneRequest request = new([], false, 0, 0, 0, 0);
        ProtoReader reader = new(message);
        while (reader.TryNext(out int field))
        {
            request = field switch
            {
                1 => request with { Filters = [.. request.Filters, reader.Text()] },
                2 => request with { All = reader.Flag() },
                3 => request with { KeepNanoseconds = reader.Number() },
                4 => request with { ReservedBytes = reader.Number() },
                5 => request with { MostBytes = reader.Number() },
                6 => request with { FreeBytes = reader.Number() },
                _ => request,
            };
        }

        return request;
    }
}
