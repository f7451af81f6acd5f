using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Roots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Files;

/// <summary>
/// The root file system that a build step writes to: the merged view of an overlay whose upper becomes the layer, or an empty directory
/// for <c>--link</c>. Links of the image lead anywhere in it and never out.
/// </summary>
/// <param name="root">The root (O_PATH). Stays the caller's.</param>
/// <param name="upper">The overlay's upper directory, whose content is the step's own; null where <paramref name="root"/> is it. Stays the caller's.</param>
internal sealed class TargetTree(Fd root, Fd? upper = null)
{
    private const int MostLinks = 40;

    /// <summary>The root (O_PATH).</summary>
    internal Fd Root => root;

    /// <summary>Where a path of an instruction is: absolute, and whether it must be a directory.</summary>
    internal static (string Path, bool IsDirectory) Resolve(BuildDestination destination)
    {
        string path = destination.Path;
        bool isDirectory = path.Length == 0 || path == "." || path.EndsWith('/') || path.EndsWith("/.", StringComparison.Ordinal);
        return (IgnorePatterns.Clean(path.StartsWith('/') ? path : $"/{destination.WorkingDirectory}/{path}"), isDirectory);
    }

    /// <summary>Whether a path leads to a directory, links followed.</summary>
    internal bool HasDirectory(string path)
    {
        using Fd? there = FileAt.TryOpen(root, path, OpenFlags.PathOnly | OpenFlags.Directory, 0, RootTree.InRoot, out _);
        return there is not null;
    }

    /// <summary>Opens a directory (O_PATH), and makes it and what is missing above it, with the given owner and permissions.</summary>
    /// <exception cref="EngineException">Something that is no directory is in the way.</exception>
    internal Fd EnsureDirectory(string path, (uint Uid, uint Gid)? owner, int mode)
    {
        const OpenFlags flags = OpenFlags.PathOnly | OpenFlags.Directory;
        Queue<string> left = new(path.Split('/', StringSplitOptions.RemoveEmptyEntries));
        List<string> done = [];
        int links = 0;
        Fd current = FileAt.OpenDirectory(root, ".");
        try
        {
            while (left.TryDequeue(out string? name))
            {
                string whole = string.Join('/', [.. done, name]);
                Fd? next = FileAt.TryOpen(root, whole, flags, 0, RootTree.InRoot, out Errno errno);
                if (next is null && errno == Errno.ENOENT && FileAt.TryReadLink(current, name, out byte[] target) == Errno.None)
                {
                    // A link whose target is not there yet: that is what is made.
                    if (++links > MostLinks)
                    {
                        throw InTheWay(path, Errno.ELOOP);
                    }

                    string to = Encoding.UTF8.GetString(target);
                    string full = IgnorePatterns.Clean(to.StartsWith('/') ? to : $"/{string.Join('/', done)}/{to}");
                    left = new Queue<string>([.. full.Split('/', StringSplitOptions.RemoveEmptyEntries), .. left]);
                    done = [];
                    current.Dispose();
                    current = FileAt.OpenDirectory(root, ".");
                    continue;
                }

                if (next is null)
                {
                    errno = errno == Errno.ENOENT ? FileAt.TryMakeDirectory(current, name, mode) : errno;
                    next = errno is Errno.None or Errno.EEXIST
                        ? FileAt.TryOpen(current, name, flags | OpenFlags.NoFollow, 0, ResolveFlags.None, out errno)
                        : null;
                    if (next is null)
                    {
                        throw InTheWay(whole, errno);
                    }

                    FileAt.ChangeOwner(next, owner?.Uid ?? 0, owner?.Gid ?? 0);
                    using Fd opened = FileAt.Open(next, ".", OpenFlags.Read | OpenFlags.Directory);
                    FileAt.ChangeMode(opened, mode);
                }

                done.Add(name);
                current.Dispose();
                current = next;
            }

            return current;
        }
        catch
        {
            current.Dispose();
            throw;
        }
    }

    /// <summary>
    /// The same directory in the upper, where nothing of it comes from below: what is written there is what the overlay would write, at
    /// half the price. Null where something does.
    /// </summary>
    /// <param name="directory">A directory of the root.</param>
    internal Fd? TryDirect(Fd directory)
    {
        if (upper is null)
        {
            return FileAt.OpenDirectory(directory, ".");
        }

        if (DirectoryContent.ReadAll(directory, ".").Count > 0
            || RootTree.Resolve(directory, ".") is not { } place
            || RootTree.Resolve(root, "/") is not { } top
            || !place.StartsWith(top, StringComparison.Ordinal))
        {
            return null;
        }

        // It gets its owner again: thereby it comes to be in the upper.
        FileStatus status = FileAt.Stat(directory);
        FileAt.ChangeOwner(directory, status.Uid, status.Gid);
        string path = place[top.Length..].Trim('/');
        return FileAt.TryOpen(
            upper, path.Length == 0 ? "." : path, OpenFlags.PathOnly | OpenFlags.Directory, 0, SelectedTree.Below, out _);
    }

    /// <summary>
    /// Where a file goes: the directory (made where it is missing) and the name in it. A link at the place is followed; what it leads to is replaced.
    /// </summary>
    /// <param name="path">Absolute.</param>
    /// <param name="owner">Of the directories that are made.</param>
    /// <param name="mode">Their permissions.</param>
    internal (Fd Directory, byte[] Name) EnsureParent(string path, (uint Uid, uint Gid)? owner, int mode)
    {
        for (int links = 0; links < MostLinks; links++)
        {
            int slash = path.LastIndexOf('/');
            Fd directory = EnsureDirectory(path[..slash], owner, mode);
            string name = path[(slash + 1)..];
            if (FileAt.TryReadLink(directory, name, out byte[] target) != Errno.None)
            {
                return (directory, Encoding.UTF8.GetBytes(name));
            }

            string parent = RootTree.Resolve(root, path[..(slash + 1)]) is { } real && RootTree.Resolve(root, "/") is { } top
                && real.StartsWith(top, StringComparison.Ordinal) ? real[top.Length..] : path[..slash];
            directory.Dispose();
            string to = Encoding.UTF8.GetString(target);
            path = IgnorePatterns.Clean(to.StartsWith('/') ? to : $"/{parent}/{to}");
        }

        throw InTheWay(path, Errno.ELOOP);
    }

    private static EngineException InTheWay(string path, Errno errno) => new(
        errno is Errno.ENOSPC or Errno.EDQUOT ? ErrorKind.ResourceExhausted : ErrorKind.InvalidArgument,
        errno is Errno.ENOTDIR or Errno.EEXIST
            ? $"cannot copy to non-directory: /{path.TrimStart('/')}"
            : $"cannot make directory /{path.TrimStart('/')}: {errno.Describe()}");
}
