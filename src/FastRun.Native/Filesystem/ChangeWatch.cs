using System.Collections.Generic;
using FastRun.Native.Interop;

namespace FastRun.Native.Filesystem;

/// <summary>
/// Tells in which of several directories something changed (inotify(7)): a file was made, written, renamed or removed. Where the
/// kernel has lost count it says that, and whoever watches looks everywhere.
/// </summary>
public sealed unsafe class ChangeWatch : System.IDisposable
{
    /// <summary>What stands for a directory that is not watched.</summary>
    public const int None = -1;

    private const int HeaderLength = 16;
    private const int BufferLength = 4096;

    private readonly Fd _descriptor;

    private ChangeWatch(Fd descriptor) => _descriptor = descriptor;

    /// <summary>A watch of no directory yet; null where this user has no more of them.</summary>
    public static ChangeWatch? TryOpen()
    {
        nint instance = Kernel.syscall(Sys.inotify_init1, Inotify.IN_CLOEXEC | Inotify.IN_NONBLOCK, 0, 0, 0, 0, 0);
        return instance < 0 ? null : new ChangeWatch(new Fd((int)instance));
    }

    /// <summary>What is readable once something has changed: its number, for a loop.</summary>
    public int Number => _descriptor.Number;

    /// <summary>Watches a directory too. One that is watched already keeps its number.</summary>
    /// <returns>Its number; <see cref="None"/> where there is no such directory, or no room for another.</returns>
    public int TryAdd(PathName directory)
    {
        const int mask = Inotify.IN_MODIFY | Inotify.IN_CREATE | Inotify.IN_DELETE | Inotify.IN_MOVED_FROM | Inotify.IN_MOVED_TO
            | Inotify.IN_ONLYDIR;
        fixed (byte* bytes = directory.Terminate(stackalloc byte[PathName.StackSize]))
        {
            nint watch = Kernel.syscall(Sys.inotify_add_watch, _descriptor.Number, (nint)bytes, mask, 0, 0, 0);
            return watch < 0 ? None : (int)watch;
        }
    }

    /// <summary>What has changed since the last call, without waiting.</summary>
    /// <param name="changed">Gets the numbers of the directories, some more than once.</param>
    /// <returns>False where changes were lost.</returns>
    public bool TryDrain(ICollection<int> changed)
    {
        System.ArgumentNullException.ThrowIfNull(changed);
        bool isWhole = true;
        byte* buffer = stackalloc byte[BufferLength];
        nint length;
        while ((length = Kernel.syscall(Sys.read, _descriptor.Number, (nint)buffer, BufferLength, 0, 0, 0)) > 0)
        {
            // struct inotify_event: watch, mask, cookie, length of the name that follows.
            for (nint at = 0; at + HeaderLength <= length; at += HeaderLength + (nint)((uint*)(buffer + at))[3])
            {
                changed.Add(*(int*)(buffer + at));
                isWhole &= (((int*)(buffer + at))[1] & Inotify.IN_Q_OVERFLOW) == 0;
            }
        }

        return isWhole;
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();
}
