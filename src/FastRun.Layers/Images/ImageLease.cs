using System;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <summary>An image that cannot be removed until this is disposed, or its process has died.</summary>
public sealed class ImageLease : IDisposable
{
    private readonly StateLayout _layout;
    private readonly FileLock _lock;

    internal ImageLease(StateLayout layout, FileLock heldLock, LaunchRecord record, bool isDurable)
    {
        (_layout, _lock, Record, IsDurable) = (layout, heldLock, record, isDurable);
    }

    /// <summary>What a launch needs to know of the image.</summary>
    public LaunchRecord Record { get; }

    /// <summary>
    /// Whether the image would survive a power cut. Where it would not, <see cref="MakeDurable"/> must be called before
    /// the process ends: before success is printed, or while the command runs.
    /// </summary>
    public bool IsDurable { get; private set; }

    /// <summary>Waits until the layers are on disk, and records that they are.</summary>
    public void MakeDurable()
    {
        if (IsDurable)
        {
            return;
        }

        IsDurable = new ImageRecords(_layout).MakeDurable(Record.ImageId);
    }

    /// <summary>Lets the image go.</summary>
    public void Dispose() => _lock.Dispose();
}
