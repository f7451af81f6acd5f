using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Launch.Roots;

/// <summary>
/// The image <c>host</c>: the machine's own root as a lower, under an upper like any other image's. What must not be seen
/// is hidden by a layer of whiteouts and opaque directories between the two; docs/security.md lists it.
/// </summary>
internal static class HostRootFilesystem
{
    private const string Opaque = "trusted.overlay.opaque";

    private static string[] EmptiedDirectories { get; } = ["/root", "/home", "/run", "/tmp", "/var/tmp", "/etc/ssl/private", "/var/lib/fastrun"];

    /// <summary>The caller's home directory; null where that is the root or unknown.</summary>
    private static string? Home =>
        Environment.GetEnvironmentVariable("HOME")?.TrimEnd('/') is ['/', _, ..] home ? home : null;

    private static string[] HiddenFiles { get; } =
    [
        "/etc/shadow", "/etc/shadow-", "/etc/gshadow", "/etc/gshadow-", "/etc/security/opasswd",
        "/etc/krb5.keytab",
    ];

    /// <summary>Mounts the host's root under a fresh upper.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="layerIds">Local ids of the layers between the two, topmost first.</param>
    /// <param name="sandbox">Whose upper it is.</param>
    /// <exception cref="EngineException">The kernel cannot make the overlay.</exception>
    internal static Fd Mount(StateLayout layout, IReadOnlyList<string> layerIds, Sandbox sandbox)
    {
        try
        {
            // The upper lies inside the lower, which overlayfs refuses (ELOOP). A read-only overlay of the root between
            // the two keeps them apart, and the mask is its other lower.
            using Fd mask = MakeMask(layout);
            using Fd root = RootFilesystem.MountReadOnly([new OverlayLower(mask, "/"), OverlayLower.OfHost("/")], sandbox);
            return RootFilesystem.Mount([.. Trees(layout, layerIds), new OverlayLower(root, "/")], sandbox);
        }
        catch (EngineException exception) when (IsInvalid(exception) && HostMountTable.TypeOfRoot() == "overlay")
        {
            return MountAboveOverlay(layout, layerIds, sandbox);
        }
    }

    /// <summary>
    /// Where the machine's root is an overlay already, as in another engine's container, there is room for one more and not
    /// for two (FILESYSTEM_MAX_STACK_DEPTH). One is enough where the upper lies on another file system.
    /// </summary>
    private static Fd MountAboveOverlay(StateLayout layout, IReadOnlyList<string> layerIds, Sandbox sandbox)
    {
        sandbox.RenewWork();
        using Fd mask = MakeMask(layout);
        try
        {
            return RootFilesystem.Mount([.. Trees(layout, layerIds), new OverlayLower(mask, "/"), OverlayLower.OfHost("/")], sandbox);
        }
        catch (EngineException exception) when (IsInvalid(exception))
        {
            throw new EngineException(
                ErrorKind.Unsupported,
                "image host: the machine's root is an overlay itself, and overlayfs cannot be stacked on it again",
                exception,
                "keep the state on another file system (--data-root DIRECTORY), for example a volume");
        }
    }

    private static OverlayLower[] Trees(StateLayout layout, IReadOnlyList<string> layerIds)
    {
        OverlayLower[] trees = new OverlayLower[layerIds.Count];
        for (int i = 0; i < trees.Length; i++)
        {
            trees[i] = OverlayLower.OfHost(layout.LayerTree(layerIds[i]));
        }

        return trees;
    }

    private static bool IsInvalid(EngineException exception) => exception.InnerException is SyscallException { Errno: Errno.EINVAL };

    /// <summary>Attaches the host's other file systems, such as a separate /usr, read-only.</summary>
    internal static void AddFilesystems(MountPlanner mounts, StateLayout layout, Sandbox sandbox)
    {
        foreach (string path in HostMountTable.FilesystemsBelowRoot())
        {
            if (!IsHidden(path, layout) && Array.IndexOf(SystemFiles.Targets, path) < 0)
            {
                Fd tree = OpenMasked(layout, sandbox, path);
                mounts.Add(tree, path);
                MountTree.SetAttributes(tree, MountAttributes.ReadOnly | MountAttributes.NoDev, Propagation.Private);
            }
        }
    }

    /// <summary>A file system of the host's, under the part of the mask that falls on it: /etc or /var may be one of its own.</summary>
    private static Fd OpenMasked(StateLayout layout, Sandbox sandbox, string path)
    {
        using Fd mask = MakeMask(layout);
        return FileAt.TryStat(mask, path[1..], out FileStatus status) == Errno.None && status.IsDirectory
            ? RootFilesystem.MountReadOnly([new OverlayLower(mask, path), OverlayLower.OfHost(path)], sandbox)
            : MountTree.Clone(path, recursive: false);
    }

    private static Fd MakeMask(StateLayout layout)
    {
        using FilesystemContext context = new("tmpfs");
        context.Set("mode", "0755");
        context.Set("size", "1m");
        Fd mask = context.CreateMount(MountAttributes.None);
        try
        {
            Fill(mask, layout);
            return mask;
        }
        catch
        {
            mask.Dispose();
            throw;
        }
    }

    private static void Fill(Fd mask, StateLayout layout)
    {
        foreach (string path in EmptiedDirectories)
        {
            Empty(mask, path);
        }

        foreach (string? path in (ReadOnlySpan<string?>)[layout.DataRoot, layout.RunRoot, Home])
        {
            // Not even its name is seen where it lies in a directory that is empty already.
            if (path is not null && !Array.Exists(EmptiedDirectories, hidden => MountPlanner.IsBelow(path, hidden)))
            {
                Empty(mask, path);
            }
        }

        foreach (string path in HiddenFiles)
        {
            Hide(mask, path);
        }

        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, "/etc/ssh"))
        {
            if (entry.Text.StartsWith("ssh_host_", StringComparison.Ordinal) && !entry.Text.EndsWith(".pub", StringComparison.Ordinal))
            {
                Hide(mask, "/etc/ssh/" + entry.Text);
            }
        }
    }

    /// <summary>Covers a directory of the host by an empty one of the same owner and mode.</summary>
    private static void Empty(Fd mask, string path)
    {
        if (MirrorDirectory(mask, path))
        {
            int slash = path.LastIndexOf('/');
            using Fd parent = FileAt.OpenDirectory(mask, slash == 0 ? "." : path[1..slash]);
            ExtendedAttributes.Set(parent, System.Text.Encoding.UTF8.GetBytes(path[(slash + 1)..]), Opaque, "y"u8);
        }
    }

    /// <summary>Whites a file of the host out.</summary>
    private static void Hide(Fd mask, string path)
    {
        int slash = path.LastIndexOf('/');
        if (FileAt.TryStat(null, path, out _) == Errno.None && MirrorDirectory(mask, path[..slash]))
        {
            FileAt.MakeNode(mask, path[1..], FileType.CharacterDevice, 0, default);
        }
    }

    /// <summary>Makes a directory in the mask that merges with the host's, parents included; false where the host has none.</summary>
    private static bool MirrorDirectory(Fd mask, string path)
    {
        if (FileAt.TryStat(null, path, out FileStatus status) != Errno.None || !status.IsDirectory)
        {
            return false;
        }

        int slash = path.LastIndexOf('/');
        if (slash > 0 && !MirrorDirectory(mask, path[..slash]))
        {
            return false;
        }

        if (FileAt.TryMakeDirectory(mask, path[1..], status.Permissions) == Errno.None)
        {
            FileAt.ChangeOwner(mask, path[1..], status.Uid, status.Gid);
        }

        return true;
    }

    private static bool IsHidden(string path, StateLayout layout)
    {
        foreach (string hidden in EmptiedDirectories)
        {
            if (MountPlanner.IsBelow(path, hidden))
            {
                return true;
            }
        }

        return MountPlanner.IsBelow(path, layout.DataRoot) || MountPlanner.IsBelow(path, layout.RunRoot) || (Home is { } home && MountPlanner.IsBelow(path, home));
    }
}
