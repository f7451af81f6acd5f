using System.Threading;

namespace FastRun.Layers.Pipeline;

/// <summary>How many uncompressed bytes the layers of an image may still have; those that unpack side by side share one.</summary>
/// <param name="bytes">All that they may have together.</param>
internal sealed class UnpackAllowance(long bytes)
{
    private long _taken;

    /// <summary>Takes bytes that came out of a blob.</summary>
    /// <exception cref="LayerException">There are more than the image may have.</exception>
    internal void Take(int count)
    {
        if (Interlocked.Add(ref _taken, count) > bytes)
        {
            throw Exceeded();
        }
    }

    /// <summary>Refuses what cannot fit any more before the first byte of it is written.</summary>
    /// <exception cref="LayerException">There are fewer bytes left.</exception>
    internal void Require(long count)
    {
        if (count > bytes - Interlocked.Read(ref _taken))
        {
            throw Exceeded();
        }
    }

    private LayerException Exceeded() =>
        new(LayerErrorKind.LimitExceeded, $"its content exceeds {bytes} bytes, too much for blobs of that size");
}
