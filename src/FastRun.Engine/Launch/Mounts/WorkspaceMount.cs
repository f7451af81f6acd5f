using System.Globalization;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Launch.Mounts;

/// <summary>
/// The workspace as a mount on which the container's user appears on disk as the directory's owner. Nobody in the
/// container maps to the disk's root, unless the caller is root and the directory is root's; other ids go to a reserved
/// range, so that files they make harm nobody.
/// </summary>
internal static class WorkspaceMount
{
    /// <summary>The first id of the range that other ids go to; no account of a Linux distribution lies there.</summary>
    private const uint ReservedBase = 0x7000_0000;
    private const uint IdCount = 65536;

    /// <summary>Opens the workspace for a user.</summary>
    /// <exception cref="EngineException">The directory is missing, or its file system has no idmapped mounts.</exception>
    /// <param name="workspace">The directory.</param>
    /// <param name="identity">Who the command runs as.</param>
    /// <param name="unmapped">
    /// Set where the file system has no idmapped mounts but the user is the owner already: the directory is mounted as it
    /// is, and the command must not be able to gain another identity.
    /// </param>
    internal static Fd Open(Workspace workspace, ProcessIdentity identity, out bool unmapped)
    {
        unmapped = false;
        using Fd source = OpenSource(workspace.Source);
        FileStatus status = FileAt.Stat(source);
        Fd tree = MountTree.Clone(source, recursive: true);
        try
        {
            MountAttributes attributes = MountAttributes.NoSuid | MountAttributes.NoDev;
            if (workspace.ReadOnly)
            {
                attributes |= MountAttributes.ReadOnly;
            }

            MountTree.SetAttributes(tree, attributes, Propagation.Private, recursive: true);
            if (status.Uid != 0 || status.Gid != 0 || identity.Uid != 0 || identity.Gid != 0)
            {
                unmapped = !TryMapOwner(tree, status, identity);
                if (unmapped && !workspace.ReadOnly && (identity.Uid != status.Uid || identity.Gid != status.Gid))
                {
                    throw NotMapped(workspace, status);
                }
            }

            return tree;
        }
        catch
        {
            tree.Dispose();
            throw;
        }
    }

    /// <summary>The lines of a uid_map or gid_map, "on disk, seen, count", that swap in one id for the owner.</summary>
    internal static string Map(uint onDisk, uint seen)
    {
        // An owner whose id lies in the reserved range itself: the map may not name it twice.
        uint reserved = onDisk - ReservedBase < IdCount ? ReservedBase + IdCount : ReservedBase;
        string map = string.Create(CultureInfo.InvariantCulture, $"{onDisk} {seen} 1\n");
        if (seen > 0)
        {
            uint below = uint.Min(seen, IdCount);
            map += string.Create(CultureInfo.InvariantCulture, $"{reserved} 0 {below}\n");
        }

        if (seen + 1 < IdCount)
        {
            map += string.Create(
                CultureInfo.InvariantCulture, $"{reserved + seen + 1} {seen + 1} {IdCount - seen - 1}\n");
        }

        return map;
    }

    private static Fd OpenSource(string path)
    {
        Fd? source = FileAt.TryOpen(
            null, path, OpenFlags.PathOnly | OpenFlags.Directory, 0, ResolveFlags.None, out Errno errno);
        return source ?? throw new EngineException(ErrorKind.NotFound, $"workspace {path}: {errno.Describe()}");
    }

    private static bool TryMapOwner(Fd tree, in FileStatus status, ProcessIdentity identity)
    {
        using Fd userNamespace = UserNamespace.Create(Map(status.Uid, identity.Uid), Map(status.Gid, identity.Gid));
        try
        {
            MountTree.SetAttributes(tree, MountAttributes.IdMap, userNamespace: userNamespace);
            return true;
        }
        catch (SyscallException exception) when (exception.Errno == Errno.EINVAL)
        {
            return false;
        }
    }

    private static EngineException NotMapped(Workspace workspace, in FileStatus status) => new(
        ErrorKind.Unsupported,
        $"workspace {workspace.Source}: its file system has no idmapped mounts, so what the command makes would not belong to "
            + $"the owner, {status.Uid}:{status.Gid}",
        hint: $"run as the owner (-u {status.Uid}:{status.Gid}), mount it read-only (--workspace {workspace.Source}:ro), "
            + "or leave it out (--no-workspace)");
}
