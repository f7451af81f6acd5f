using System;
using System.Globalization;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Launch;

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
    internal static Fd Mount(StateLayout layout, Sandbox sandbox)
    {
        // The upper lies inside the lower, which overlayfs refuses (ELOOP). A read-only overlay of the root between the
        // two keeps them apart, and the mask is its other lower.
        using Fd mask = MakeMask(layout);
        using Fd root = RootFilesystem.MountReadOnly([DescriptorPath(mask), "/"]);
        return RootFilesystem.Mount([DescriptorPath(root)], sandbox);
    }

    /// <summary>Attaches the host's other file systems, such as a separate /usr, read-only.</summary>
    internal static void AddFilesystems(MountPlanner mounts, StateLayout layout)
    {
        foreach (string path in HostMountTable.FilesystemsBelowRoot())
        {
            if (!IsHidden(path, layout) && Array.IndexOf(SystemFiles.Targets, path) < 0)
            {
                Fd tree = OpenMasked(layout, path);
                mounts.Add(tree, path);
                MountTree.SetAttributes(tree, MountAttributes.ReadOnly | MountAttributes.NoDev, Propagation.Private);
            }
        }
    }

    /// <summary>A file system of the host's, under the part of the mask that falls on it: /etc or /var may be one of its own.</summary>
    private static Fd OpenMasked(StateLayout layout, string path)
    {
        using Fd mask = MakeMask(layout);
        return FileAt.TryStat(mask, path[1..], out FileStatus status) == Errno.None && status.IsDirectory
            ? RootFilesystem.MountReadOnly([DescriptorPath(mask) + path, path])
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

        Empty(mask, layout.DataRoot);
        Empty(mask, layout.RunRoot);
        if (Home is { } home)
        {
            Empty(mask, home);
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

    private static string DescriptorPath(Fd descriptor) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor.Number}");
}
