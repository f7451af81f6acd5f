using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using FastRun.Layers.Images;

namespace FastRun.Engine.State;

/// <summary>
/// Brings a fresh image to the disk while its first command runs, on a thread of its own: a slow disk must hold up
/// neither signals nor the terminal.
/// </summary>
internal sealed class BackgroundSync
{
    private readonly Thread _thread;
    private Exception? _failure;

    private BackgroundSync(ImageLease image) => _thread = new Thread(() => Run(image));

    /// <summary>Starts where there is something to do; null for an image that is on the disk already.</summary>
    internal static BackgroundSync? Start(ImageLease? image)
    {
        if (image is null || image.IsDurable)
        {
            return null;
        }

        BackgroundSync sync = new(image);
        sync._thread.Start();
        return sync;
    }

    /// <summary>Waits for the disk.</summary>
    /// <exception cref="Native.SyscallException">The disk refused.</exception>
    internal void Complete()
    {
        _thread.Join();
        if (_failure is not null)
        {
            ExceptionDispatchInfo.Throw(_failure);
        }
    }

    private void Run(ImageLease image)
    {
        try
        {
            image.MakeDurable();
        }
        catch (Exception exception) when (Errors.EngineErrors.Translate(exception) is not null)
        {
            _failure = exception;
        }
    }
}
