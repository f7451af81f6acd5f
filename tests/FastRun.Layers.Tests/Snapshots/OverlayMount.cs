using System.Collections.Generic;
using System.IO;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Layers.Tests.Snapshots;

/// <summary>Layers merged by the kernel, on a mount that is attached nowhere and goes with its descriptor.</summary>
internal static class OverlayMount
{
    internal static Fd Open(TemporaryState state, IReadOnlyList<string> topmostFirst)
    {
        string bottom = Path.Combine(state.Path, "bottom");
        Directory.CreateDirectory(bottom);
        try
        {
            using FilesystemContext overlay = new("overlay");
            foreach (string id in topmostFirst)
            {
                overlay.Set("lowerdir+", state.Layout.LayerTree(id));
            }

            overlay.Set("lowerdir+", bottom);
            using Fd mount = overlay.CreateMount(MountAttributes.ReadOnly);
            return FileAt.Open(mount, ".", OpenFlags.Read | OpenFlags.Directory);
        }
        catch (SyscallException unable) when (unable.Errno is Errno.EPERM or Errno.ENODEV)
        {
            Assert.Skip("overlay mounts are not possible here: " + unable.Message);
            throw;
        }
    }
}
