using System;
using System.Buffers;
using System.Buffers.Binary;
using System.IO;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.DockerApi.Streams;

/// <summary>
/// Output as clients read it (Engine API, ContainerAttach "Stream format"): a terminal's bytes as they are; otherwise before each
/// piece a byte for its stream, three zeros and its length in big-endian.
/// </summary>
/// <param name="stream">Where it goes.</param>
/// <param name="tty">Whether it is a terminal's.</param>
internal sealed class FrameStream(Stream stream, bool tty)
{
    private const int HeaderLength = 8;

    /// <summary>Writes a piece and sends it.</summary>
    internal async ValueTask WriteAsync(bool isError, ReadOnlyMemory<byte> bytes, CancellationToken cancellation)
    {
        if (tty)
        {
            await stream.WriteAsync(bytes, cancellation);
        }
        else
        {
            byte[] frame = ArrayPool<byte>.Shared.Rent(HeaderLength + bytes.Length);
            frame.AsSpan(0, HeaderLength).Clear();
            frame[0] = isError ? (byte)2 : (byte)1;
            BinaryPrimitives.WriteInt32BigEndian(frame.AsSpan(4), bytes.Length);
            bytes.CopyTo(frame.AsMemory(HeaderLength));
            await stream.WriteAsync(frame.AsMemory(0, HeaderLength + bytes.Length), cancellation);
            ArrayPool<byte>.Shared.Return(frame);
        }

        await stream.FlushAsync(cancellation);
    }
}
