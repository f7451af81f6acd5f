using System.Threading;

namespace FastRun.Layers.Snapshots;

/// <summary>Memory that the trees of an image may need together; those that are unpacked side by side share one.</summary>
/// <param name="bytes">All that they may have.</param>
internal sealed class MemoryAllowance(long bytes)
{
    private long _taken;

    /// <summary>Takes bytes, or gives them back when it is negative.</summary>
    /// <exception cref="LayerException">There are more than the image may have.</exception>
    internal void Take(long count)
    {
        if (Interlocked.Add(ref _taken, count) > bytes)
        {
            throw new LayerException(
                LayerErrorKind.LimitExceeded,
                $"the names, links and attributes of its image's layers need more than {bytes} bytes of memory");
        }
    }
}
