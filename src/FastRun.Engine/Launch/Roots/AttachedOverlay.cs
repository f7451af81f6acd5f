using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Engine.State;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Launch.Roots;

/// <summary>
/// An overlay as kernels before 6.15 can make it (docs/adr/0008-older-kernels.md): by mount(2), all lowers in one option,
/// each of them attached. It is attached in a mount namespace of its own that ends at once, and comes back as a detached
/// clone. Directories are named by descriptors' numbers, so the option has room for all lowers that overlayfs takes.
/// </summary>
internal static class AttachedOverlay
{
    /// <summary>Mounts the lowers, topmost first.</summary>
    /// <param name="lowers">Detached mounts among them are used up: nothing else can be done with them afterwards.</param>
    /// <param name="sandbox">Its upper is the overlay's, if that is writable, and its directory is what is mounted on.</param>
    /// <param name="writable">Whether there is an upper.</param>
    /// <param name="features">The options that are the same for all.</param>
    /// <exception cref="SyscallException">The kernel cannot make the overlay.</exception>
    internal static Fd Mount(
        IReadOnlyList<OverlayLower> lowers, Sandbox sandbox, bool writable, IReadOnlyList<(string Name, string Value)> features) =>
        PrivateMountNamespace.Run(() =>
        {
            List<Fd> open = [];
            try
            {
                StringBuilder options = new();
                foreach ((string name, string value) in features)
                {
                    options.Append(name).Append('=').Append(value).Append(',');
                }

                if (writable)
                {
                    // Before something is attached above them.
                    Append(options, "upperdir=", Open(null, sandbox.Upper, open));
                    Append(options, ",workdir=", Open(null, sandbox.Work, open));
                    options.Append(sandbox.IsPersistent ? "," : ",volatile,");
                }

                string separator = "lowerdir=";
                foreach (OverlayLower lower in lowers)
                {
                    Append(options, separator, OpenLower(lower, sandbox.Directory, open));
                    separator = ":";
                }

                MountTree.AttachNew("overlay", sandbox.Directory, options.ToString(), readOnly: !writable);
                return MountTree.Clone(sandbox.Directory, recursive: false);
            }
            finally
            {
                open.ForEach(descriptor => descriptor.Dispose());
            }
        });

    private static Fd OpenLower(OverlayLower lower, string place, List<Fd> open)
    {
        if (lower.Mount is not null)
        {
            MountTree.Attach(lower.Mount, place);
        }

        return lower is { Mount: { } mount, Path: "/" } ? mount : Open(lower.Mount, lower.Mount is null ? lower.Path : lower.Path[1..], open);
    }

    private static Fd Open(Fd? mount, string path, List<Fd> open)
    {
        Fd directory = FileAt.OpenDirectory(mount, path);
        open.Add(directory);
        return directory;
    }

    private static void Append(StringBuilder options, string key, Fd directory) =>
        options.Append(key).Append(CultureInfo.InvariantCulture, $"{directory.Number}");
}
