using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.State;

/// <summary>
/// What one running sandbox owns on disk: <c>containers/&lt;id&gt;/{upper,work}</c>. The directory itself is locked for
/// as long as the process lives that runs the sandbox, so whatever a killed one left is recognised by a free lock.
/// </summary>
internal sealed class Sandbox : IDisposable
{
    private const int OwnerOnly = 0b_111_000_000;
    private const int UpperMode = 0b_111_101_101;
    private const string CgroupNote = "cgroup";
    private const int IdLength = 64;

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    private static readonly string[] s_emptyDirectories =
        ["work/work/incompat/volatile", "work/work/incompat", "work/work", "work", "upper"];

    private readonly FileLock _lock;

    private Sandbox(string id, string directory, FileLock held)
    {
        Id = id;
        Directory = directory;
        _lock = held;
    }

    /// <summary>64 hex digits.</summary>
    internal string Id { get; }

    /// <summary>Its directory.</summary>
    internal string Directory { get; }

    /// <summary>The overlay's upper directory.</summary>
    internal string Upper => Directory + "/upper";

    /// <summary>The overlay's work directory.</summary>
    internal string Work => Directory + "/work";

    /// <summary>Makes a sandbox under a fresh id.</summary>
    internal static Sandbox Create(StateLayout layout)
    {
        bool made = false;
        while (true)
        {
            string id = RandomBytes.NewId();
            string directory = layout.Container(id);
            Errno errno = FileAt.TryMakeDirectory(null, directory, OwnerOnly);
            if (errno == Errno.ENOENT && !made)
            {
                made = true;
                FileAt.MakeDirectories(null, layout.Containers, OwnerOnly);
                continue;
            }

            if (errno != Errno.None)
            {
                throw errno is Errno.ENOSPC or Errno.EDQUOT
                    ? new EngineException(ErrorKind.ResourceExhausted, $"{layout.Containers}: {errno.Describe()}")
                    : new EngineException(ErrorKind.Internal, $"{directory}: {errno.Describe()}");
            }

            // A collector that came in between has taken the directory for an abandoned one: try another id.
            if (FileLock.TryAcquire(null, directory, FileLockMode.Exclusive, out errno) is { } held)
            {
                return Furnish(new Sandbox(id, directory, held));
            }

            if (errno is not (Errno.EAGAIN or Errno.ENOENT))
            {
                FileAt.TryRemoveDirectory(null, directory);
                throw new SyscallException("flock", errno, directory);
            }
        }
    }

    private static Sandbox Furnish(Sandbox sandbox)
    {
        try
        {
            FileAt.MakeDirectory(sandbox._lock.File, "upper", UpperMode);
            FileAt.MakeDirectory(sandbox._lock.File, "work", OwnerOnly);
            return sandbox;
        }
        catch (SyscallException)
        {
            sandbox.Remove();
            sandbox.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Gives the upper directory the owner and mode of the topmost lower's root: overlayfs shows the upper's as the root's.
    /// </summary>
    internal void MatchUpper(in FileStatus lower)
    {
        if (lower.Uid != 0 || lower.Gid != 0)
        {
            FileAt.ChangeOwner(_lock.File, "upper", lower.Uid, lower.Gid);
        }

        // After the owner, whose change can clear bits.
        if (lower.Permissions != UpperMode)
        {
            FileAt.ChangeMode(_lock.File, "upper", lower.Permissions);
        }
    }

    /// <summary>Makes the upper directory anew where a commit has taken it.</summary>
    internal void RestoreUpper()
    {
        Errno errno = FileAt.TryMakeDirectory(_lock.File, "upper", UpperMode);
        if (errno is not (Errno.None or Errno.EEXIST))
        {
            throw new SyscallException("mkdirat", errno, Upper);
        }
    }

    /// <summary>A fresh work directory, after a mount that failed: overlayfs takes one that was mounted volatile only once.</summary>
    internal void RenewWork()
    {
        TreeRemoval.Delete(_lock.File, "work");
        FileAt.MakeDirectory(_lock.File, "work", OwnerOnly);
    }

    /// <summary>Takes over a sandbox whose process is gone, for others to mount again; null while it is alive.</summary>
    internal static Sandbox? TryAdopt(StateLayout layout, string id)
    {
        string directory = layout.Container(id);
        return FileLock.TryAcquire(null, directory, FileLockMode.Exclusive, out _) is { } held
            ? new Sandbox(id, directory, held) { IsPersistent = true }
            : null;
    }

    /// <summary>The ids of all sandboxes, alive or not.</summary>
    internal static List<string> List(StateLayout layout)
    {
        List<string> ids = [];
        using Fd? containers = FileAt.TryOpen(
            null, layout.Containers, OpenFlags.Read | OpenFlags.Directory, 0, ResolveFlags.None, out _);
        if (containers is not null)
        {
            foreach (DirectoryEntry entry in DirectoryContent.Read(containers))
            {
                if (IsId(entry.Text))
                {
                    ids.Add(entry.Text);
                }
            }
        }

        return ids;
    }

    /// <summary>Whether a text is an id.</summary>
    internal static bool IsId(string text) =>
        text.Length == IdLength && !text.AsSpan().ContainsAnyExcept(s_hexDigits);

    /// <summary>Takes over the lock of a sandbox from the process that started this one.</summary>
    internal static Sandbox Inherit(StateLayout layout, string id, Fd held, bool persistent) =>
        new(id, layout.Container(id), FileLock.Inherit(held)) { IsPersistent = persistent };

    /// <summary>Its directory with the lock, for a process that is to hold the sandbox too.</summary>
    internal Fd Share() => _lock.Share();

    /// <summary>Whether its upper outlives the run, so that it must be mounted as something that lasts.</summary>
    internal bool IsPersistent { get; init; }

    /// <summary>Notes where its cgroup will be, for whoever finds the sandbox abandoned.</summary>
    internal void NoteCgroup(IReadOnlyList<string> locations)
    {
        using Fd file = FileAt.Open(
            _lock.File, CgroupNote, OpenFlags.Write | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.NoFollow, 0b_110_000_000);
        FileContent.Write(file, Encoding.UTF8.GetBytes(string.Join('\n', locations)));
    }

    /// <summary>Where its cgroup is, if that was noted; null where the usual places hold.</summary>
    internal string[]? NotedCgroup() =>
        FileContent.TryReadAll(_lock.File, CgroupNote, 65536) is { } bytes
            ? Encoding.UTF8.GetString(bytes).Split('\n', StringSplitOptions.RemoveEmptyEntries)
            : null;

    /// <summary>Deletes what is on disk, while the lock is still held.</summary>
    /// <exception cref="SyscallException">Something could not be deleted; all else is gone.</exception>
    internal void Remove()
    {
        using Fd containers = FileAt.OpenDirectory(null, System.IO.Path.GetDirectoryName(Directory)!);
        if (!TryRemoveEmpty(containers))
        {
            TreeRemoval.Delete(containers, Id);
        }
    }

    /// <summary>
    /// The usual case: nothing was written to the root, and the rest is what overlayfs makes for a volatile mount
    /// (overlayfs.rst). Knowing the names spares reading the directories.
    /// </summary>
    private bool TryRemoveEmpty(Fd containers)
    {
        FileAt.TryUnlink(_lock.File, "work/work/incompat/volatile/dirty");
        foreach (string name in s_emptyDirectories)
        {
            Errno errno = FileAt.TryRemoveDirectory(_lock.File, name);
            if (errno is not (Errno.None or Errno.ENOENT))
            {
                return false;
            }
        }

        return FileAt.TryRemoveDirectory(containers, Id) == Errno.None;
    }

    /// <summary>Releases the lock.</summary>
    public void Dispose() => _lock.Dispose();
}
