using System;
using System.Buffers.Binary;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.Grpc;

/// <summary>Messages in a stream: a byte that says whether it is compressed, its length in big-endian, itself (grpc, PROTOCOL-HTTP2).</summary>
internal static class GrpcFrames
{
    /// <summary>The longest message that is read: BuildKit's own limit.</summary>
    internal const int LongestMessage = 16 << 20;

    private const int HeaderLength = 5;

    /// <summary>Reads a message; null at the end.</summary>
    /// <exception cref="GrpcException">It is too long, compressed, or not whole.</exception>
    internal static async ValueTask<byte[]?> ReadAsync(Stream stream, CancellationToken cancellation)
    {
        byte[] header = new byte[HeaderLength];
        int read = await stream.ReadAtLeastAsync(header, HeaderLength, throwOnEndOfStream: false, cancellation);
        if (read == 0)
        {
            return null;
        }

        uint length = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(1));
        if (read < HeaderLength || header[0] != 0)
        {
            throw new GrpcException(GrpcStatus.Internal, read < HeaderLength ? "a message is not whole" : "a message is compressed");
        }

        if (length > LongestMessage)
        {
            throw new GrpcException(GrpcStatus.ResourceExhausted, "a message is longer than 16 MiB");
        }

        byte[] message = new byte[length];
        return await stream.ReadAtLeastAsync(message, message.Length, throwOnEndOfStream: false, cancellation) == message.Length
            ? message
            : throw new GrpcException(GrpcStatus.Internal, "a message is not whole");
    }

    /// <summary>Writes a message and sends it.</summary>
    internal static async ValueTask WriteAsync(Stream stream, ReadOnlyMemory<byte> message, CancellationToken cancellation)
    {
        byte[] frame = new byte[HeaderLength + message.Length];
        BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(1), message.Length);
        message.CopyTo(frame.AsMemory(HeaderLength));
        await stream.WriteAsync(frame, cancellation);
        await stream.FlushAsync(cancellation);
    }
}
