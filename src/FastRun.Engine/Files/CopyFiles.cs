using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Launch;
using FastRun.Layers;
using FastRun.Layers.Archives;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Files;

/// <summary>
/// Copies files into and out of containers, running or not (<c>docker cp</c>). No program of the image runs, and every path of
/// the container is resolved by the kernel in the container's root, so that a process that swaps links meanwhile leads the copy
/// nowhere else (CVE-2018-15664).
/// </summary>
/// <param name="layout">Where state is.</param>
/// <param name="options">How to copy.</param>
public sealed partial class CopyFiles(StateLayout layout, CopyOptions options)
{
    private readonly ContainerStore _store = new(layout);

    /// <summary>Copies from a container to this machine.</summary>
    /// <param name="name">The container.</param>
    /// <param name="sourcePath">A path in it.</param>
    /// <param name="destinationPath">A path of this machine.</param>
    /// <returns>How many bytes the copy's tar would have.</returns>
    /// <exception cref="EngineException">One of them is not there, or the two do not go together.</exception>
    public long FromContainer(string name, string sourcePath, string destinationPath) => Translated(name, () =>
    {
        CopyPath destination = CopyPath.OnHost(destinationPath);
        RequireOutput(destination, destinationPath);
        using ContainerView view = Open(name, "archive-path");
        CopyPath source = CopyPath.InContainer(sourcePath);
        using Fd top = OpenSource(view, source, name);
        FileStatus? there = StatHost(destination.Path);
        destination = there is null ? BehindLinks(destination) : destination;
        CopyDestination chosen = CopyDestination.Choose(source, FileAt.Stat(top).IsDirectory, destination, there);
        using Fd directory = OpenHostDirectory(chosen.Directory);
        FileCreationMask.Clear();
        return TreeArchive.Copy(top, chosen.Name, Selection(view), directory, new TreeTarget
        {
            Description = destination.Path,
            KeepOwner = options.Archive,
            KeepPrivileges = options.Archive,
            DeviceMounts = options.Archive ? null : new HashSet<ulong>(),
        });
    });

    /// <summary>Writes what a container has as a tar.</summary>
    /// <param name="name">The container.</param>
    /// <param name="sourcePath">A path in it.</param>
    /// <param name="output">Where the tar goes.</param>
    /// <exception cref="EngineException">It is not there, or cannot be read.</exception>
    public void FromContainer(string name, string sourcePath, Stream output) => Translated(name, () =>
    {
        using ContainerView view = Open(name, "archive-path");
        CopyPath source = CopyPath.InContainer(sourcePath);
        using Fd top = OpenSource(view, source, name);
        TreeArchive.Pack(top, source.Name, output, Selection(view));
        return 0;
    });

    /// <summary>Copies from this machine to a container.</summary>
    /// <param name="sourcePath">A path of this machine.</param>
    /// <param name="name">The container.</param>
    /// <param name="destinationPath">A path in it.</param>
    /// <returns>How many bytes the copy's tar would have.</returns>
    /// <exception cref="EngineException">One of them is not there, or the two do not go together.</exception>
    public long ToContainer(string sourcePath, string name, string destinationPath) => Translated(name, () =>
    {
        CopyPath source = CopyPath.OnHost(sourcePath);
        using Fd top = OpenHostSource(source);
        using ContainerView view = Open(name, "extract-to-dir");
        CopyPath destination = CopyPath.InContainer(destinationPath);
        FileStatus? there = StatDestination(view, ref destination, name, destinationPath);
        CopyDestination chosen = CopyDestination.Choose(source, FileAt.Stat(top).IsDirectory, destination, there);
        using Fd directory = OpenDirectory(view, chosen.Directory, name);
        FileCreationMask.Clear();
        return TreeArchive.Copy(top, chosen.Name, new TreeSelection(), directory, Target(view, name));
    });

    /// <summary>Makes the files of a tar in a container.</summary>
    /// <param name="tar">Where the tar is read from.</param>
    /// <param name="name">The container.</param>
    /// <param name="destinationPath">A directory in it.</param>
    /// <exception cref="EngineException">The directory is not there, or the tar cannot be unpacked.</exception>
    public void ToContainer(Fd tar, string name, string destinationPath) => Translated(name, () =>
    {
        using ContainerView view = Open(name, "extract-to-dir");
        CopyPath destination = CopyPath.InContainer(destinationPath);
        if (StatDestination(view, ref destination, name, destinationPath) is not { IsDirectory: true })
        {
            throw EngineException.Invalid($"destination \"{name}:{destinationPath}\" must be a directory");
        }

        using (OpenDirectory(view, destination.Path, name))
        {
            FileCreationMask.Clear();
            TreeArchive.Unpack(tar, view.Root, destination.Path, Target(view, name));
        }

        return 0;
    });

    /// <summary>Opens a container, and notes what for, in Docker's words (Engine API, SystemEvents).</summary>
    private ContainerView Open(string name, string action)
    {
        ContainerView view = ContainerView.Open(layout, _store.Find(name));
        ContainerEvents.Note(layout, view.Container.Record, action);
        return view;
    }

    private TreeTarget Target(ContainerView view, string name)
    {
        ContainerCreateRequest request = view.Container.Record.Request;
        (uint, uint)? owner = null;
        if (options.Archive && request.User is { Length: > 0 } user)
        {
            ProcessIdentity identity = UserResolver.Resolve(view.Root, user);
            owner = (identity.Uid, identity.Gid);
        }

        // A device on a volume or bind could be used from outside of the container, where its device rules do not hold.
        return new TreeTarget
        {
            Description = "container " + name,
            Owner = owner,
            DeviceMounts = new HashSet<ulong> { view.RootMount },
        };
    }

    private static TreeSelection Selection(ContainerView view) => new() { HiddenMounts = view.SystemMounts };

    private static T Translated<T>(string name, Func<T> operation)
    {
        try
        {
            return EngineErrors.Translated(operation);
        }
        catch (EngineException exception) when (exception.InnerException is SyscallException { Errno: Errno.EROFS })
        {
            throw new EngineException(
                ErrorKind.PermissionDenied, $"container {name}: mounted volume is marked read-only", exception.InnerException);
        }
    }
}
