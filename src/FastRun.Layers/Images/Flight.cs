using System;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <summary>
/// Of several processes that want the same thing brought, one does it and the others wait, then find it there. One that is
/// killed lets the next go on.
/// </summary>
internal sealed class Flight : IDisposable
{
    private const int DirectoryMode = 0x1C0;

    private readonly string _path;
    private readonly FileLock _lock;

    private Flight(string path, FileLock held, bool hasWaited) => (_path, _lock, HasWaited) = (path, held, hasWaited);

    /// <summary>Whether another one brought it, or tried to, while this one waited.</summary>
    internal bool HasWaited { get; }

    /// <summary>Waits until nobody else brings it.</summary>
    /// <param name="path">The lock of what is brought, in <see cref="StateLayout.ImageLoads"/>.</param>
    /// <param name="observer">Hears that this waits.</param>
    /// <exception cref="OperationCanceledException">The observer does not want to wait any longer.</exception>
    internal static Flight Begin(string path, LoadObserver observer)
    {
        FileAt.MakeDirectories(null, System.IO.Path.GetDirectoryName(path)!, DirectoryMode);
        bool hasWaited = false;
        FileLock held = FileLock.AcquirePatiently(path, FileLockMode.Exclusive, Wait, observer.Cancellation);
        return new Flight(path, held, hasWaited);

        void Wait()
        {
            hasWaited = true;
            observer.Waiting();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Removed while it is held: whoever waits for it sees that its file is gone, and looks again.
        using (_lock)
        {
            FileAt.TryUnlink(null, _path);
        }
    }
}
