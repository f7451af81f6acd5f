using System;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>BuildKit's message that is nothing but bytes.</summary>
internal static class BytesMessage
{
    internal static ReadOnlyMemory<byte> Write(ReadOnlySpan<byte> bytes) => new ProtoWriter().Bytes(1, bytes).Written;

    /// <summary>The bytes of a message, which others have beside something else.</summary>
    internal static byte[] Read(ReadOnlySpan<byte> message, int field = 1)
    {
        ProtoReader reader = new(message);
        byte[] bytes = [];
        while (reader.TryNext(out int found))
        {
            if (found == field)
            {
                bytes = reader.Bytes().ToArray();
            }
        }

        return bytes;
    }
}
