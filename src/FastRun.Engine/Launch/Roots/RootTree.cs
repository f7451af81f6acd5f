using System.Globalization;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Launch.Roots;

/// <summary>
/// Works inside a container's tree from outside: every path is resolved with the tree as its root and no magic link
/// is followed, so that whatever the image or another container put there leads nowhere else (openat2(2)).
/// </summary>
internal static class RootTree
{
    private const int DirectoryMode = 0b_111_101_101;
    private const int FileMode = 0b_110_100_100;
    /// <summary>How every path in a container's tree is resolved.</summary>
    internal const ResolveFlags InRoot = ResolveFlags.InRoot | ResolveFlags.NoMagicLinks;

    /// <summary>Makes sure that a directory is there to be mounted on, with its parents.</summary>
    /// <exception cref="EngineException">Something that is no directory is in the way.</exception>
    internal static void EnsureDirectory(Fd root, string path)
    {
        if (!TryOpen(root, path, OpenFlags.PathOnly | OpenFlags.Directory, out Errno errno))
        {
            if (errno != Errno.ENOENT)
            {
                throw InTheWay(path, errno);
            }

            MakeComponents(root, path);
        }
    }

    /// <summary>Where a path leads in the tree, all symbolic links followed; null where it leads nowhere.</summary>
    internal static string? Resolve(Fd root, string path)
    {
        using Fd? there = FileAt.TryOpen(root, path, OpenFlags.PathOnly, 0, InRoot, out _);
        return there is not null
            && FileAt.TryReadLink(null, DescriptorPath(there), out byte[] name) == Errno.None
            ? Encoding.UTF8.GetString(name)
            : null;
    }

    /// <summary>Opens a directory (O_PATH).</summary>
    internal static Fd OpenDirectory(Fd root, string path) => FileAt.OpenDirectory(root, path, InRoot);

    /// <summary>Makes sure that something other than a directory is there to be mounted on.</summary>
    /// <exception cref="EngineException">A directory, or a link that leads nowhere, is in the way.</exception>
    internal static void EnsureFile(Fd root, string path)
    {
        using Fd? there = FileAt.TryOpen(root, path, OpenFlags.PathOnly, 0, InRoot, out Errno errno);
        if (there is not null)
        {
            if (FileAt.Stat(there).IsDirectory)
            {
                throw InTheWay(path, Errno.EISDIR);
            }

            return;
        }

        if (errno != Errno.ENOENT)
        {
            throw InTheWay(path, errno);
        }

        (string parent, string name) = Split(path);
        EnsureDirectory(root, parent);
        using Fd directory = OpenDirectory(root, parent);

        // A link that leads nowhere, as /etc/resolv.conf often is, gives way to a file: nothing is written through it.
        if (FileAt.TryReadLink(directory, name, out _) == Errno.None)
        {
            FileAt.Unlink(directory, name);
        }

        using Fd file = FileAt.Open(
            directory,
            name,
            OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow,
            FileMode);
    }

    /// <summary>Reads a small regular file, for example /etc/passwd.</summary>
    /// <returns>The content, or null when there is none.</returns>
    /// <exception cref="EngineException">It is no regular file, or larger than <paramref name="limit"/> bytes.</exception>
    internal static byte[]? TryReadFile(Fd root, string path, int limit)
    {
        // Looked at before it is opened: opening a device does things, and the image may have any as its /etc/passwd.
        using Fd? named = FileAt.TryOpen(root, path, OpenFlags.PathOnly, 0, InRoot, out _);
        if (named is null)
        {
            return null;
        }

        FileStatus status = FileAt.Stat(named);
        if (status.Type != FileType.Regular)
        {
            throw new EngineException(ErrorKind.CorruptContent, $"{path} in the image: not a regular file");
        }

        if (status.Size > limit)
        {
            throw new EngineException(
                ErrorKind.CorruptContent, $"{path} in the image: {status.Size} bytes, the limit is {limit}");
        }

        using Fd file = FileAt.Open(null, DescriptorPath(named), OpenFlags.Read);
        return FileContent.ReadAll(file, limit);
    }

    private static void MakeComponents(Fd root, string path)
    {
        int end = 0;
        while (end < path.Length)
        {
            while (end < path.Length && path[end] == '/')
            {
                end++;
            }

            int start = end;
            while (end < path.Length && path[end] != '/')
            {
                end++;
            }

            if (start == end)
            {
                break;
            }

            // One new name at a time below a resolved parent: mkdirat never follows a link in the last component.
            using Fd parent = OpenDirectory(root, start == 0 ? "." : path[..start]);
            Errno errno = FileAt.TryMakeDirectory(parent, path[start..end], DirectoryMode);
            if (errno is not (Errno.None or Errno.EEXIST))
            {
                throw InTheWay(path, errno);
            }

            if (!TryOpen(root, path[..end], OpenFlags.PathOnly | OpenFlags.Directory, out errno))
            {
                throw InTheWay(path, errno);
            }
        }
    }

    private static (string Parent, string Name) Split(string path)
    {
        string trimmed = path.TrimEnd('/');
        int slash = trimmed.LastIndexOf('/');
        return (slash <= 0 ? "/" : trimmed[..slash], trimmed[(slash + 1)..]);
    }

    private static bool TryOpen(Fd root, string path, OpenFlags flags, out Errno errno)
    {
        using Fd? opened = FileAt.TryOpen(root, path, flags, 0, InRoot, out errno);
        return opened is not null;
    }

    private static string DescriptorPath(Fd descriptor) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor.Number}");

    private static EngineException InTheWay(string path, Errno errno) =>
        new(ErrorKind.InvalidArgument, $"{path} in the container: cannot be mounted on: {errno.Describe()}");
}
