using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.RuntimeSpec.Seccomp;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Launch.Roots;

/// <summary>
/// The writable root of a sandbox: an overlay of the image's layers and an upper of its own, made detached, so that the
/// host's mount table never sees it (overlayfs.rst of the kernel's documentation).
/// </summary>
internal static class RootFilesystem
{
    /// <summary>How many lowers overlayfs takes: OVL_MAX_STACK of the kernel's sources.</summary>
    private const int MostLowers = 500;

    /// <summary>The first kernel with lowerdir+ (overlayfs.rst, "fsconfig").</summary>
    private static readonly KernelVersion s_separateLowers = new(6, 8);

    /// <summary>The first kernel that takes a detached mount as a lower.</summary>
    private static readonly KernelVersion s_detachedLowers = new(6, 15);

    /// <summary>Features that take metadata from extended attributes stay off: a layer's content is not to be trusted.</summary>
    private static readonly (string Name, string Value)[] s_strictFeatures =
        [("redirect_dir", "nofollow"), ("metacopy", "off"), ("index", "off"), ("xino", "off")];

    /// <summary>Mounts an image's layers under a fresh upper.</summary>
    /// <param name="layout">Where the layers are.</param>
    /// <param name="layerIds">Local ids, topmost first.</param>
    /// <param name="sandbox">Whose upper it is.</param>
    /// <param name="stubs">A directory below the layers with what else is mounted on; null for none.</param>
    /// <exception cref="EngineException">The kernel cannot make the overlay.</exception>
    internal static Fd Mount(StateLayout layout, IReadOnlyList<string> layerIds, Sandbox sandbox, string? stubs = null)
    {
        OverlayLower[] lowers = new OverlayLower[layerIds.Count + (stubs is null ? 1 : 2)];
        for (int i = 0; i < layerIds.Count; i++)
        {
            lowers[i] = OverlayLower.OfHost(layout.LayerTree(layerIds[i]));
        }

        if (stubs is not null)
        {
            lowers[^2] = OverlayLower.OfHost(stubs);
        }

        lowers[^1] = OverlayLower.OfHost(layout.MountPoints);
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

    /// <summary>Mounts directories, topmost first, under a sandbox's fresh upper.</summary>
    /// <exception cref="EngineException">The kernel cannot make the overlay.</exception>
    internal static Fd Mount(IReadOnlyList<OverlayLower> lowers, Sandbox sandbox)
    {
        // The dot follows a descriptor's link in /proc.
        if (FileAt.TryStat(null, lowers[0].Name + "/.", out FileStatus top) == Errno.None)
        {
            sandbox.MatchUpper(top);
        }

        return Mount(lowers, sandbox, writable: true);
    }

    /// <summary>Mounts directories, topmost first, without an upper; at least two (overlayfs refuses fewer).</summary>
    /// <param name="lowers">What to mount.</param>
    /// <param name="sandbox">For whom.</param>
    /// <exception cref="EngineException">The kernel cannot make the overlay.</exception>
    internal static Fd MountReadOnly(IReadOnlyList<OverlayLower> lowers, Sandbox sandbox) =>
        Mount(lowers, sandbox, writable: false);

    private static Fd Mount(IReadOnlyList<OverlayLower> lowers, Sandbox sandbox, bool writable)
    {
        // By version, not by trying: a kernel that does not know the option writes that to its log, for each sandbox anew.
        KernelVersion needed = s_separateLowers;
        foreach (OverlayLower lower in lowers)
        {
            needed = lower.Mount is null ? needed : s_detachedLowers;
        }

        try
        {
            return KernelVersion.OfThisHost < needed
                ? AttachedOverlay.Mount(lowers, sandbox, writable, s_strictFeatures)
                : MountDetached(lowers, sandbox, writable);
        }
        catch (SyscallException exception)
        {
            throw Failed(exception, lowers.Count);
        }
    }

    private static Fd MountDetached(IReadOnlyList<OverlayLower> lowers, Sandbox sandbox, bool writable)
    {
        using FilesystemContext context = new("overlay");
        foreach (OverlayLower lower in lowers)
        {
            context.Set("lowerdir+", lower.Name);
        }

        if (writable)
        {
            context.Set("upperdir", sandbox.Upper);
            context.Set("workdir", sandbox.Work);

            if (!sandbox.IsPersistent)
            {
                // It is thrown away, so nothing needs to reach the disk: without this, unmounting syncs the whole file system.
                context.Set("volatile");
            }
        }

        foreach ((string name, string value) in s_strictFeatures)
        {
            context.Set(name, value);
        }

        return context.CreateMount(writable ? MountAttributes.None : MountAttributes.ReadOnly);
    }

    private static EngineException Failed(SyscallException exception, int lowers) => exception.Errno switch
    {
        Errno.ENOSPC or Errno.EDQUOT => new EngineException(
            ErrorKind.ResourceExhausted, "root file system: " + exception.Message, exception),
        Errno.ENODEV => new EngineException(
            ErrorKind.Unsupported, "overlay: this kernel does not have it", exception, "load the module: modprobe overlay"),
        Errno.EPERM => new EngineException(
            ErrorKind.PermissionDenied, "overlay: mounting needs CAP_SYS_ADMIN", exception, "run fastrun as root"),
        Errno.EINVAL when lowers > MostLowers => new EngineException(
            ErrorKind.Unsupported,
            string.Create(
                CultureInfo.InvariantCulture,
                $"image: it has {lowers - 1} layers, and the most that overlayfs can stack is {MostLowers - 1}"),
            exception,
            "squash some of them"),
        _ => new EngineException(ErrorKind.Internal, "root file system: " + exception.Message, exception),
    };
}
