using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.Volumes;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Snapshots;

/// <summary>The contents of memory and volumes that become part of a snapshot, each an ordinary directory of its root.</summary>
internal sealed class IncludedMounts : IDisposable
{
    private static readonly string[] s_systemMounts = ["/proc", "/sys", "/dev"];

    private readonly List<string> _targets;
    private readonly List<string> _others;
    private readonly Action<string> _warn;
    private readonly SortedDictionary<string, Fd> _held = new(StringComparer.Ordinal);

    private IncludedMounts(List<string> targets, List<string> others, Action<string> warn) =>
        (_targets, _others, _warn) = (targets, others, warn);

    /// <summary>Whether there is anything.</summary>
    internal bool Any => _targets.Count > 0;

    /// <summary>Their paths in the container, those above others first.</summary>
    internal IReadOnlyList<string> Targets => _targets;

    /// <summary>Finds the mounts of a request.</summary>
    /// <param name="asked">Paths of mounts and names of volumes.</param>
    /// <param name="request">What is mounted.</param>
    /// <param name="image">The image, which may have volumes; null for <c>host</c>.</param>
    /// <param name="warn">Takes what the user should know of those that are left out.</param>
    /// <exception cref="EngineException">Something else, or nothing, is mounted there.</exception>
    internal static IncludedMounts Find(
        IReadOnlyList<string> asked, ContainerCreateRequest request, LaunchRecord? image, Action<string> warn)
    {
        List<string> targets = [];
        IReadOnlyList<MountRequest> mounts = VolumeSource.WithImageVolumes(request, image);
        foreach (string text in asked)
        {
            MountRequest mount = mounts.FirstOrDefault(each => IsMeant(each, text))
                ?? throw EngineException.Invalid(
                    request.Workspace is { } workspace && Cleaned(workspace.Target) == Cleaned(text)
                        ? $"invalid include: {text}: the workspace is a directory of the host: only the contents of a tmpfs or a volume can be included"
                        : $"invalid include: {text}: no tmpfs and no volume is mounted there");
            string target = Cleaned(mount.Target);
            if (mount.Kind == MountKind.Bind)
            {
                throw EngineException.Invalid(
                    $"invalid include: {text}: it is a directory of the host: only the contents of a tmpfs or a volume can be included");
            }

            if (target == "/" || Array.Exists(s_systemMounts, system => MountPlanner.IsBelow(target, system)))
            {
                throw EngineException.Invalid($"invalid include: {text}: it lies where the system's own mounts do: no sandbox would see it");
            }

            if (!targets.Contains(target))
            {
                targets.Add(target);
            }
        }

        targets.Sort(StringComparer.Ordinal);
        List<string> others = [.. mounts
            .Where(mount => mount is { Kind: MountKind.Volume, Source: null } or { Kind: MountKind.Volume, Anonymous: true })
            .Select(mount => Cleaned(mount.Target))
            .Where(target => !targets.Contains(target))];
        return new IncludedMounts(targets, others, warn);
    }

    /// <summary>Opens the contents, which last until this is disposed, whatever becomes of the container's mounts.</summary>
    internal void Hold(IReadOnlyList<PlannedMount> mounts)
    {
        foreach (PlannedMount mount in mounts)
        {
            string target = Cleaned(mount.Target);
            if (_others.Contains(target) && !IsEmpty(mount.Mount))
            {
                _warn($"WARNING: {target} is a volume: what is in it is not part of the snapshot: --include {target} takes it along\n");
            }

            if (_targets.Contains(target))
            {
                _held[target] = FileAt.Open(mount.Mount, ".", OpenFlags.Read | OpenFlags.Directory);
            }
        }
    }

    /// <summary>Copies them to their places.</summary>
    /// <param name="root">The root file system, with nothing mounted on it.</param>
    /// <exception cref="EngineException">A file is none that a layer can have.</exception>
    internal void CopyTo(Fd root)
    {
        if (_held.Count != _targets.Count)
        {
            throw new EngineException(ErrorKind.Internal, $"{string.Join(", ", _targets)}: the contents are not at hand");
        }

        foreach ((string target, Fd content) in _held)
        {
            RootTree.EnsureDirectory(root, target);
            using Fd named = RootTree.OpenDirectory(root, target);
            using Fd directory = FileAt.Open(named, ".", OpenFlags.Read | OpenFlags.Directory);

            // What the mount had covered.
            List<DirectoryEntry> covered = [.. DirectoryContent.Read(directory)];
            foreach (DirectoryEntry entry in covered)
            {
                TreeRemoval.Delete(directory, PathName.FromBytes(entry.Name));
            }

            try
            {
                TreeCopy.Content(content, directory);
            }
            catch (SyscallException e)
            {
                throw new EngineException(
                    e.Errno is Errno.ENOSPC or Errno.EDQUOT ? ErrorKind.ResourceExhausted : ErrorKind.Internal,
                    $"{target}: its contents cannot be part of the snapshot: {e.Message}",
                    e,
                    e is { Errno: Errno.EPERM, Syscall: "mknodat" } ? "a character device 0:0 is what overlayfs takes for a file that was removed" : null);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (Fd content in _held.Values)
        {
            content.Dispose();
        }
    }

    private static bool IsMeant(MountRequest mount, string text) => text.StartsWith('/')
        ? Cleaned(mount.Target) == Cleaned(text)
        : mount is { Kind: MountKind.Volume, Anonymous: false } && mount.Source == text;

    private static bool IsEmpty(Fd mount)
    {
        if (!FileAt.Stat(mount).IsDirectory)
        {
            return true;
        }

        using Fd directory = FileAt.Open(mount, ".", OpenFlags.Read | OpenFlags.Directory);
        foreach (DirectoryEntry _ in DirectoryContent.Read(directory))
        {
            return false;
        }

        return true;
    }

    private static string Cleaned(string path) => path.StartsWith('/') ? Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) : path;
}
