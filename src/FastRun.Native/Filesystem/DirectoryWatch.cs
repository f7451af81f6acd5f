using System;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>
/// Tells that something changed in a directory: a file in it was written to, made, or renamed; or that the directory itself was
/// renamed (inotify(7)). It tells that, not what: whoever watches looks again.
/// </summary>
public sealed unsafe class DirectoryWatch : IDisposable
{
    private readonly Fd _descriptor;

    private DirectoryWatch(Fd descriptor) => _descriptor = descriptor;

    /// <summary>Readable once something has changed, until <see cref="Drain"/>.</summary>
    public Fd Descriptor => _descriptor;

    /// <summary>Watches a directory; null where the kernel has no more watches for this user, or there is no directory.</summary>
    public static DirectoryWatch? TryOpen(PathName path)
    {
        nint instance = Kernel.syscall(Sys.inotify_init1, Inotify.IN_CLOEXEC | Inotify.IN_NONBLOCK, 0, 0, 0, 0, 0);
        if (instance < 0)
        {
            return null;
        }

        Fd descriptor = new((int)instance);
        const int mask = Inotify.IN_MODIFY | Inotify.IN_CREATE | Inotify.IN_MOVED_FROM | Inotify.IN_MOVED_TO | Inotify.IN_MOVE_SELF;
        fixed (byte* bytes = path.Terminate(stackalloc byte[PathName.StackSize]))
        {
            if (Kernel.syscall(Sys.inotify_add_watch, instance, (nint)bytes, mask, 0, 0, 0) >= 0)
            {
                return new DirectoryWatch(descriptor);
            }
        }

        descriptor.Dispose();
        return null;
    }

    /// <summary>Forgets what has changed until now.</summary>
    public void Drain()
    {
        byte* buffer = stackalloc byte[4096];
        while (Kernel.syscall(Sys.read, _descriptor.Number, (nint)buffer, 4096, 0, 0, 0) > 0)
        {
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
