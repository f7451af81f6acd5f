using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Devices;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.State;
using FastRun.Engine.Volumes;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Launch.Mounts;

/// <summary>
/// Opens what a request mounts and makes the targets. The child attaches the mounts in order of depth, each target being
/// resolved in the container's root at that moment, so that one mount can lie in another.
/// </summary>
internal sealed class MountPlanner(Fd root, DeviceFilesystem? devices, RunResources owned)
{
    private readonly List<PlannedMount> _planned = [];

    /// <summary>What was planned, in the order of attaching.</summary>
    internal IReadOnlyList<PlannedMount> Planned => _planned;

    /// <summary>Opens the mounts of a request.</summary>
    /// <param name="requests">The mounts.</param>
    /// <param name="volumes">Opens a volume: by name, or an anonymous one, filled from the image's directory.</param>
    /// <exception cref="EngineException">A source is missing, or a target cannot be mounted on.</exception>
    internal void Add(IReadOnlyList<MountRequest> requests, Func<MountRequest, Volume> volumes)
    {
        MountRequest[] ordered = [.. requests];
        Array.Sort(ordered, static (a, b) => Depth(a.Target).CompareTo(Depth(b.Target)));
        foreach (MountRequest request in ordered)
        {
            switch (request.Kind)
            {
                case MountKind.Bind:
                    AddBind(request);
                    break;
                case MountKind.Volume:
                    EnsureDirectory(request.Target);
                    AddVolume(volumes(request), request);
                    break;
                case MountKind.Tmpfs:
                    EnsureDirectory(request.Target);
                    Plan(TmpfsMount.Create(request), request.Target);
                    break;
                default:
                    throw new ArgumentOutOfRangeException(nameof(requests));
            }
        }
    }

    /// <summary>Attaches a mount that was opened elsewhere, such as the workspace.</summary>
    internal void Add(Fd mount, string target)
    {
        Plan(mount, target);
        if (FileAt.Stat(mount).IsDirectory)
        {
            EnsureDirectory(target, _planned.Count - 1);
        }
        else
        {
            (Fd tree, string inTree) = Locate(target, _planned.Count - 1);
            RootTree.EnsureFile(tree, inTree);
        }
    }

    /// <summary>Makes a directory where the container will see it: in the root, or in the mount that covers the path.</summary>
    internal void EnsureDirectory(string path) => EnsureDirectory(path, _planned.Count);

    /// <summary>Makes a file where the container will see it.</summary>
    internal void EnsureFile(string path)
    {
        (Fd tree, string inTree) = Locate(path, _planned.Count);
        RootTree.EnsureFile(tree, inTree);
    }

    private void EnsureDirectory(string path, int mountsBefore)
    {
        if (path != "/" && !IsBelow(path, "/sys"))
        {
            (Fd tree, string inTree) = Locate(path, mountsBefore);
            RootTree.EnsureDirectory(tree, inTree);
        }
    }

    private void AddBind(MountRequest request)
    {
        string sourcePath = request.Source ?? throw new ArgumentException("a bind without a source", nameof(request));
        Fd? source = FileAt.TryOpen(null, sourcePath, OpenFlags.PathOnly, 0, ResolveFlags.None, out Errno errno);
        if (source is null && errno == Errno.ENOENT && request.CreateSource)
        {
            FileAt.MakeDirectories(null, sourcePath, 0b_111_101_101);
            source = FileAt.TryOpen(null, sourcePath, OpenFlags.PathOnly, 0, ResolveFlags.None, out errno);
        }

        if (source is null)
        {
            throw new EngineException(
                ErrorKind.InvalidArgument,
                errno == Errno.ENOENT
                    ? $"invalid mount config for type \"bind\": bind source path does not exist: {sourcePath}"
                    : $"invalid mount config for type \"bind\": {sourcePath}: {errno.Describe()}");
        }

        using (source)
        {
            if (FileAt.Stat(source).IsDirectory)
            {
                EnsureDirectory(request.Target);
            }
            else
            {
                (Fd tree, string inTree) = Locate(request.Target, _planned.Count);
                RootTree.EnsureFile(tree, inTree);
            }

            AddTree(source, request);
        }
    }

    private void AddVolume(Volume volume, MountRequest request)
    {
        if (request.Subpath is null)
        {
            // Before kernel 6.15 what is attached nowhere cannot be cloned; and nobody else has that mount.
            Attach(volume.IsMount ? volume.Data : MountTree.Clone(volume.Data, recursive: true), request);
            return;
        }

        // Containers write to the volume: no link in it leads out of it.
        using Fd? below = FileAt.TryOpen(volume.Data, request.Subpath, OpenFlags.PathOnly, 0, RootTree.InRoot, out Errno errno);
        AddTree(
            below ?? throw new EngineException(
                errno == Errno.ENOENT ? ErrorKind.NotFound : ErrorKind.InvalidArgument,
                $"volume {request.Source}: subpath {request.Subpath}: {errno.Describe()}"),
            request);
    }

    private void AddTree(Fd source, MountRequest request)
    {
        Attach(MountTree.Clone(source, recursive: !request.NonRecursive), request);
    }

    private void Attach(Fd mount, MountRequest request)
    {
        bool recursive = !request.NonRecursive;
        Fd tree = Plan(mount, request.Target);
        (Propagation propagation, bool all) = request.Propagation switch
        {
            null or MountPropagation.RPrivate => (Propagation.Private, true),
            MountPropagation.Private => (Propagation.Private, false),
            MountPropagation.RSlave => (Propagation.Slave, true),
            MountPropagation.Slave => (Propagation.Slave, false),
            MountPropagation.RShared => (Propagation.Shared, true),
            MountPropagation.Shared => (Propagation.Shared, false),
            _ => throw new ArgumentOutOfRangeException(nameof(request)),
        };
        MountTree.SetAttributes(tree, MountAttributes.None, propagation, all);
        if (request.ReadOnly)
        {
            // Docker makes the whole tree read-only where the kernel can, which all that we run on can.
            MountTree.SetAttributes(tree, MountAttributes.ReadOnly, recursive: recursive && !request.WritableSubmounts);
        }
    }

    private Fd Plan(Fd mount, string target)
    {
        _planned.Add(new PlannedMount(owned.Own(mount), target));
        return mount;
    }

    /// <summary>The deepest mount planned so far that covers a path, and the path in it.</summary>
    private (Fd Tree, string Path) Locate(string path, int mountsBefore)
    {
        // By name, and through whatever links the image has: runc and moby refuse both.
        if (LeadsIntoProc(path))
        {
            throw new EngineException(
                ErrorKind.InvalidArgument, $"\"{path}\" cannot be mounted because it is inside /proc");
        }

        Fd tree = root;
        string inTree = path;
        int longest = 0;
        if (devices is not null && path.StartsWith("/dev/", StringComparison.Ordinal))
        {
            tree = devices.Mount;
            longest = 4;
            inTree = path[4..];
        }

        for (int i = 0; i < mountsBefore; i++)
        {
            string target = _planned[i].Target.TrimEnd('/');
            if (target.Length >= longest && path.Length > target.Length && IsBelow(path, target))
            {
                longest = target.Length;
                tree = _planned[i].Mount;
                inTree = path[target.Length..];
            }
        }

        return (tree, inTree);
    }

    /// <summary>Whether a path, or as much of it as is there, is /proc or below it.</summary>
    private bool LeadsIntoProc(string path)
    {
        for (string at = path; at.Length > 1; at = at[..Math.Max(at.TrimEnd('/').LastIndexOf('/'), 0)])
        {
            if (IsBelow(at, "/proc"))
            {
                return true;
            }

            if (RootTree.Resolve(root, at) is { } resolved)
            {
                return IsBelow(resolved, "/proc");
            }
        }

        return false;
    }

    /// <summary>Whether a path is a directory or below it, both absolute and clean.</summary>
    internal static bool IsBelow(string path, string directory) =>
        path.StartsWith(directory, StringComparison.Ordinal)
        && (path.Length == directory.Length || path[directory.Length] == '/');

    private static int Depth(string path) => path.AsSpan().TrimEnd('/').Count('/');
}
