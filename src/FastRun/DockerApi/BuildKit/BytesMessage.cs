using System;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>BuildKit's message that is nothing but bytes.</summary>
internal static class BytesMessage
{
    internal static ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> bytes) => new ProtoWriter().Bytes(1, bytes).Written;

    internal static byte[] Read(ReadOnlySpan<byte> message)
    {
        ProtoReader reader = new(message);
        byte[] bytes = [];
        while (reader.TryNext(out int field))
        {
            if (field == 1)
            {
                bytes = reader.Bytes().ToArray();
            }
        }

        return bytes;
    }
}
