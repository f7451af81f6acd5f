using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.RuntimeSpec.Seccomp;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Launch;

/// <summary>
/// The writable root of a sandbox: an overlay of the image's layers and an upper of its own, made detached, so that the
/// host's mount table never sees it (overlayfs.rst of the kernel's documentation).
/// </summary>
internal static class RootFilesystem
{
    /// <summary>The first kernel with lowerdir+, which images need.</summary>
    private static readonly KernelVersion s_oldestForImages = new(6, 8);

    /// <summary>The first kernel that takes a detached mount as a lower, which the image <c>host</c> needs.</summary>
    private static readonly KernelVersion s_oldestForHost = new(6, 15);

    /// <summary>Mounts an image's layers under a fresh upper.</summary>
    /// <param name="layout">Where the layers are.</param>
    /// <param name="layerIds">Local ids, topmost first.</param>
    /// <param name="sandbox">Whose upper it is.</param>
    /// <exception cref="EngineException">The kernel cannot make the overlay.</exception>
    internal static Fd Mount(StateLayout layout, IReadOnlyList<string> layerIds, Sandbox sandbox)
    {
        string[] lowers = new string[layerIds.Count + 1];
        for (int i = 0; i < layerIds.Count; i++)
        {
            lowers[i] = layout.LayerTree(layerIds[i]);
        }

        lowers[^1] = layout.MountPoints;
        try
        {
            return Mount(lowers, sandbox);
        }
        catch (EngineException exception) when (exception.InnerException is SyscallException { Errno: Errno.ENOENT })
        {
            // The first sandbox in this data root; a missing layer of the image fails again.
            MountPointLayer.Make(layout);
            return Mount(lowers, sandbox);
        }
    }

    /// <summary>Mounts directories, topmost first, under a fresh upper.</summary>
    /// <exception cref="EngineException">The kernel cannot make the overlay.</exception>
    internal static Fd Mount(IReadOnlyList<string> lowers, Sandbox sandbox)
    {
        using FilesystemContext context = OpenOverlay();
        try
        {
            foreach (string lower in lowers)
            {
                context.Set("lowerdir+", lower);
            }

            // The dot follows a descriptor's link in /proc.
            if (FileAt.TryStat(null, lowers[0] + "/.", out FileStatus top) == Errno.None)
            {
                sandbox.MatchUpper(top);
            }

            context.Set("upperdir", sandbox.Upper);
            context.Set("workdir", sandbox.Work);

            // It is thrown away, so nothing needs to reach the disk: without this, unmounting syncs the whole file system.
            context.Set("volatile");
            SetStrictFeatures(context);
            return context.CreateMount(MountAttributes.None);
        }
        catch (SyscallException exception)
        {
            throw Failed(exception, lowers);
        }
    }

    /// <summary>Mounts directories, topmost first, without an upper; at least two (overlayfs refuses fewer).</summary>
    /// <exception cref="EngineException">The kernel cannot make the overlay.</exception>
    internal static Fd MountReadOnly(IReadOnlyList<string> lowers)
    {
        using FilesystemContext context = OpenOverlay();
        try
        {
            foreach (string lower in lowers)
            {
                context.Set("lowerdir+", lower);
            }

            SetStrictFeatures(context);
            return context.CreateMount(MountAttributes.ReadOnly);
        }
        catch (SyscallException exception)
        {
            throw Failed(exception, lowers);
        }
    }

    private static FilesystemContext OpenOverlay()
    {
        try
        {
            return new FilesystemContext("overlay");
        }
        catch (SyscallException exception) when (exception.Errno == Errno.ENODEV)
        {
            throw new EngineException(
                ErrorKind.Unsupported, "overlay: this kernel does not have it", exception, "load the module: modprobe overlay");
        }
        catch (SyscallException exception) when (exception.Errno == Errno.EPERM)
        {
            throw new EngineException(
                ErrorKind.PermissionDenied, "overlay: mounting needs CAP_SYS_ADMIN", exception, "run fastrun as root");
        }
    }

    /// <summary>Features that take metadata from extended attributes stay off: a layer's content is not to be trusted.</summary>
    private static void SetStrictFeatures(FilesystemContext context)
    {
        context.Set("redirect_dir", "nofollow");
        context.Set("metacopy", "off");
        context.Set("index", "off");
        context.Set("xino", "off");
    }

    private static KernelVersion OldestFor(IReadOnlyList<string> lowers) =>
        lowers[0].StartsWith("/proc/self/fd/", System.StringComparison.Ordinal) ? s_oldestForHost : s_oldestForImages;

    private static EngineException Failed(SyscallException exception, IReadOnlyList<string> lowers) => exception.Errno switch
    {
        Errno.ENOSPC or Errno.EDQUOT => new EngineException(
            ErrorKind.ResourceExhausted, "root file system: " + exception.Message, exception),
        Errno.EINVAL when KernelVersion.OfThisHost < OldestFor(lowers) => new EngineException(
            ErrorKind.Unsupported,
            $"root file system: this kernel, Linux {KernelVersion.OfThisHost}, is too old",
            exception,
            "images need Linux 6.8 or newer, the image host 6.15"),
        _ => new EngineException(ErrorKind.Internal, "root file system: " + exception.Message, exception),
    };
}
