using System.IO;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Roots;
using FastRun.Native;
using FastRun.Native.Cgroups;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Launch.Devices;

/// <summary>A device of the host that a container gets.</summary>
/// <param name="Target">Its absolute path in the container.</param>
/// <param name="Type">Block or character.</param>
/// <param name="Permissions">The permission bits that it has on the host.</param>
/// <param name="Uid">Its owner on the host.</param>
/// <param name="Gid">Its group on the host.</param>
/// <param name="Number">What it stands for.</param>
/// <param name="Access">What the container may do with it.</param>
internal sealed record DeviceNode(
    string Target, FileType Type, int Permissions, uint Uid, uint Gid, DeviceNumber Number, DeviceAccess Access)
{
    /// <summary>A device with the attributes that it has on the host.</summary>
    internal static DeviceNode Of(in FileStatus status, string target, DeviceAccess access) =>
        new(target, status.Type, status.Permissions, status.Uid, status.Gid, status.Node, access);

    /// <summary>Makes the node: in the container's /dev, or elsewhere in its root.</summary>
    /// <exception cref="EngineException">Something is in the way.</exception>
    internal void Make(Fd root, Fd dev)
    {
        bool inDev = Target.StartsWith("/dev/", System.StringComparison.Ordinal);
        Fd tree = inDev ? dev : root;
        string path = inDev ? Target["/dev".Length..] : Target;
        string directoryPath = Path.GetDirectoryName(path) is { Length: > 0 } parent ? parent : "/";
        RootTree.EnsureDirectory(tree, directoryPath);
        using Fd directory = RootTree.OpenDirectory(tree, directoryPath);
        string name = Path.GetFileName(path);
        Errno errno = FileAt.TryMakeNode(directory, name, Type, Permissions, Number);
        if (errno == Errno.EEXIST)
        {
            FileAt.TryUnlink(directory, name);
            errno = FileAt.TryMakeNode(directory, name, Type, Permissions, Number);
        }

        if (errno != Errno.None)
        {
            throw new EngineException(ErrorKind.InvalidArgument, $"{Target}: cannot make the device node: {errno.Describe()}");
        }

        FileAt.ChangeOwner(directory, name, Uid, Gid);
    }
}
