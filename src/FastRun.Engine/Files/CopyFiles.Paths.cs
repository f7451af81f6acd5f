using System.IO;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Roots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Files;

/// <content>From paths to descriptors, in Docker's words where they lead nowhere.</content>
public sealed partial class CopyFiles
{
    private const int MostLinks = 40;

    /// <summary>What is copied out of a container (O_PATH).</summary>
    private Fd OpenSource(ContainerView view, CopyPath source, string name)
    {
        OpenFlags flags = source.IsDirectory ? OpenFlags.PathOnly | OpenFlags.Directory
            : options.FollowLink ? OpenFlags.PathOnly
            : OpenFlags.PathOnly | OpenFlags.NoFollow;
        return FileAt.TryOpen(view.Root, source.Path, flags, 0, RootTree.InRoot, out Errno errno) ?? throw Missing(source, name, errno);
    }

    private static EngineException Missing(CopyPath path, string name, Errno errno) => errno switch
    {
        Errno.ENOENT => new EngineException(ErrorKind.NotFound, $"Could not find the file {path.Spelling} in container {name}"),
        _ => new EngineException(ErrorKind.InvalidArgument, $"lstat {path.Spelling}: {errno.Describe()}"),
    };

    /// <summary>What is copied from this machine (O_PATH).</summary>
    private Fd OpenHostSource(CopyPath source)
    {
        OpenFlags flags = source.IsDirectory || options.FollowLink ? OpenFlags.PathOnly : OpenFlags.PathOnly | OpenFlags.NoFollow;
        Fd? opened = FileAt.TryOpen(
            null, source.Path, source.IsDirectory ? flags | OpenFlags.Directory : flags, 0, ResolveFlags.None, out Errno errno);
        return opened ?? throw new EngineException(
            errno == Errno.ENOENT ? ErrorKind.NotFound : ErrorKind.InvalidArgument, $"lstat {source.Spelling}: {errno.Describe()}");
    }

    /// <summary>The directory of this machine that a copy goes to, which the caller has named.</summary>
    private static Fd OpenHostDirectory(string path) =>
        FileAt.TryOpen(null, path, OpenFlags.PathOnly | OpenFlags.Directory, 0, ResolveFlags.None, out Errno errno)
        ?? throw new EngineException(ErrorKind.NotFound, $"lstat {path}: {errno.Describe()}");

    /// <summary>Docker looks at the output before it asks for what goes there.</summary>
    private static void RequireOutput(CopyPath path, string text)
    {
        if (StatHost(path.Parent) is null)
        {
            throw new EngineException(ErrorKind.NotFound, $"invalid output path: directory \"{path.Parent}\" does not exist");
        }

        if (StatHost(path.Path) is { } status && Irregularity(status) is { } what)
        {
            throw EngineException.Invalid($"invalid output path: \"{text}\" must be a directory or a regular file: {what}");
        }
    }

    /// <summary>What a path of this machine leads to; null for nothing.</summary>
    private static FileStatus? StatHost(string path)
    {
        using Fd? there = FileAt.TryOpen(null, path, OpenFlags.PathOnly, 0, ResolveFlags.None, out _);
        return there is null ? null : FileAt.Stat(there);
    }

    /// <summary>A link that leads nowhere is where the copy goes to.</summary>
    private static CopyPath BehindLinks(CopyPath path)
    {
        for (int i = 0; i < MostLinks && FileAt.TryReadLink(null, path.Path, out byte[] target) == Errno.None; i++)
        {
            string next = Path.GetFullPath(Encoding.UTF8.GetString(target), path.Parent);
            path = path with { Path = next.Length > 1 ? next.TrimEnd('/') : next };
        }

        return path;
    }

    /// <summary>What is at the destination in a container; the path becomes that behind symbolic links.</summary>
    private static FileStatus? StatDestination(ContainerView view, ref CopyPath path, string name, string text)
    {
        for (int i = 0; i < MostLinks; i++)
        {
            OpenFlags flags = OpenFlags.PathOnly | (path.IsDirectory ? OpenFlags.Directory : OpenFlags.NoFollow);
            using Fd? there = FileAt.TryOpen(view.Root, path.Path, flags, 0, RootTree.InRoot, out _);
            if (there is null)
            {
                return null;
            }

            FileStatus status = FileAt.Stat(there);
            if (status.Type != FileType.SymbolicLink || FileAt.TryReadLink(there, "", out byte[] target) != Errno.None)
            {
                return Irregularity(status) is { } what
                    ? throw EngineException.Invalid($"destination \"{name}:{text}\" must be a directory or a regular file: {what}")
                    : status;
            }

            // By its words, as Docker: it is only a guess where the copy goes, and the kernel has the last word.
            string next = Path.GetFullPath(Encoding.UTF8.GetString(target), path.Parent);
            path = path with { Path = next.Length > 1 ? next.TrimEnd('/') : next };
        }

        return null;
    }

    /// <summary>The directory in a container that a copy goes to (O_PATH).</summary>
    private static Fd OpenDirectory(ContainerView view, string path, string name)
    {
        Fd? opened = FileAt.TryOpen(view.Root, path, OpenFlags.PathOnly | OpenFlags.Directory, 0, RootTree.InRoot, out Errno errno);
        if (opened is null)
        {
            throw errno == Errno.ENOENT
                ? new EngineException(ErrorKind.NotFound, $"Could not find the file {path} in container {name}")
                : EngineException.Invalid(errno == Errno.ENOTDIR ? "extraction point is not a directory" : $"{path} in container {name}: {errno.Describe()}");
        }

        if (view.Container.Record.Request.ReadOnlyRootfs && FileAt.Stat(opened).MountId == view.RootMount)
        {
            opened.Dispose();
            throw new EngineException(ErrorKind.PermissionDenied, $"container {name}: container rootfs is marked read-only");
        }

        return opened;
    }

    private static string? Irregularity(in FileStatus status) => status.Type switch
    {
        FileType.CharacterDevice or FileType.BlockDevice => "got a device",
        FileType.Fifo or FileType.Socket => "got an irregular file",
        _ => null,
    };
}
