using System;
using System.Runtime.ExceptionServices;
using System.Threading;
using FastRun.Layers.Images;

namespace FastRun.Engine.State;

/// <summary>
/// Brings to the disk what is new, while the first command runs, on a thread of its own: a slow disk must hold up neither
/// signals nor the terminal.
/// </summary>
internal sealed class BackgroundSync : IDisposable
{
    private readonly Thread _thread;
    private Exception? _failure;

    private BackgroundSync(Action bring) => _thread = new Thread(() => Run(bring));

    /// <summary>Starts where there is something to do; null for an image that is on the disk already.</summary>
    internal static BackgroundSync? Start(ImageLease? image) =>
        image is null || image.IsDurable ? null : Start(image.MakeDurable);

    /// <summary>Starts with what waits for the disk.</summary>
    internal static BackgroundSync Start(Action bring)
    {
        BackgroundSync sync = new(bring);
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

    /// <summary>Waits for the disk; what it refused counts as lost after a power cut.</summary>
    public void Dispose() => _thread.Join();

    private void Run(Action bring)
    {
        try
        {
            bring();
        }
        catch (Exception exception) when (Errors.EngineErrors.Translate(exception) is not null)
        {
            _failure = exception;
        }
    }
}
