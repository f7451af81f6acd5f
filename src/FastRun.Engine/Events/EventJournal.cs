using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Events;

/// <summary>
/// The events of this boot: <c>events/journal</c> on the run root, to which every process appends by itself. An append is one
/// write(2) with O_APPEND, which the kernel keeps apart from others, so nobody waits for anybody. The file that has grown is
/// renamed to <c>journal.1</c>, and what was there is forgotten.
/// </summary>
public static class EventJournal
{
    /// <summary>The file that is appended to.</summary>
    internal const string Current = "journal";

    /// <summary>The one before it.</summary>
    internal const string Previous = "journal.1";

    /// <summary>How large a file may grow, about: some thousands of events.</summary>
    internal const long LargestFile = 1 << 20;

    private const int OwnerOnlyDirectory = 0b_111_000_000;
    private const int OwnerOnly = 0b_110_000_000;

    /// <summary>Notes an event. It never fails: what is noted here has happened already.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="type">What kind of object it is about.</param>
    /// <param name="action">What happened, in Docker's words.</param>
    /// <param name="id">The object.</param>
    /// <param name="attributes">What else is known of it.</param>
    public static void Append(
        StateLayout layout, EventType type, string action, string id, IReadOnlyDictionary<string, string> attributes)
    {
        ArgumentNullException.ThrowIfNull(layout);
        byte[] line = EventFormat.Write(new EngineEvent(type, action, id, attributes, DateTimeOffset.UtcNow));
        try
        {
            using Fd? file = Open(layout);
            if (file is not null)
            {
                FileContent.Write(file, line);
                if (FileAt.Stat(file).Size > LargestFile)
                {
                    Rotate(layout, file);
                }
            }
        }
        catch (SyscallException)
        {
            // A full or read-only run root costs the event, not the container.
        }
    }

    private static Fd? Open(StateLayout layout)
    {
        const OpenFlags flags = OpenFlags.Write | OpenFlags.Create | OpenFlags.Append | OpenFlags.NoFollow;
        string path = Path.Combine(layout.Events, Current);
        Fd? file = FileAt.TryOpen(null, path, flags, OwnerOnly, ResolveFlags.None, out Errno errno);
        if (errno == Errno.ENOENT)
        {
            FileAt.MakeDirectories(null, layout.Events, OwnerOnlyDirectory);
            file = FileAt.TryOpen(null, path, flags, OwnerOnly, ResolveFlags.None, out _);
        }

        return file;
    }

    /// <summary>
    /// Of several that find the file too large one renames it: who has its lock, while its name still means it. The others
    /// do not wait.
    /// </summary>
    private static void Rotate(StateLayout layout, Fd file)
    {
        string path = Path.Combine(layout.Events, Current);
        using FileLock? held = FileLock.TryAcquire(null, path, FileLockMode.Exclusive, out _);
        if (held is not null && FileAt.Stat(held.File).IsSameFile(FileAt.Stat(file)))
        {
            FileAt.Rename(null, path, null, Path.Combine(layout.Events, Previous));
        }
    }
}
