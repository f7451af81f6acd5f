using System;
using System.Linq;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch.Roots;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Build.Steps;

/// <summary>The files of a stage or an image, mounted for a step that takes some of them.</summary>
internal sealed class SourceView : IDisposable
{
    private const string EmptyName = "empty";

    private readonly StepRoot _root;
    private readonly string _name;

    private SourceView(StepRoot root, Fd mount, string name) => (_root, Mount, _name) = (root, mount, name);

    /// <summary>Its root, a detached mount. Nothing in it is of the engine's making.</summary>
    internal Fd Mount { get; }

    /// <summary>Mounts them.</summary>
    /// <param name="layout">Where the layers are.</param>
    /// <param name="state">The stage or image.</param>
    /// <param name="name">What messages call it.</param>
    /// <param name="writable">Whether it can be written to; what is written goes with this.</param>
    internal static SourceView Open(StateLayout layout, BuildState state, string name, bool writable = false)
    {
        StepRoot root = StepRoot.Create(layout, state.Layers);
        try
        {
            string empty = System.IO.Path.Combine(root.Sandbox.Directory, EmptyName);
            FileAt.MakeDirectory(null, empty, 0b_111_101_101);

            // Two at least, which an overlay that cannot be written to needs.
            OverlayLower[] lowers =
            [
                .. state.Layers.Select(layer => OverlayLower.OfHost(layout.LayerTree(layer))),
                OverlayLower.OfHost(empty),
                .. writable || state.Layers.Count > 0 ? Array.Empty<OverlayLower>() : [OverlayLower.OfHost(root.Sandbox.Upper)],
            ];
            Fd mount = writable ? RootFilesystem.Mount(lowers, root.Sandbox) : RootFilesystem.MountReadOnly(lowers, root.Sandbox);
            return new SourceView(root, mount, name);
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>A detached mount of a file or directory in it; the whole cannot be used afterwards. Its links lead nowhere else.</summary>
    /// <exception cref="EngineException">It is not there.</exception>
    internal Fd MountOf(string path) => PrivateMountNamespace.Run(() =>
    {
        // Before kernel 6.15 only what is attached can be cloned.
        MountTree.Attach(Mount, _root.Sandbox.Directory);
        using Fd? source = FileAt.TryOpen(Mount, path.Length == 0 ? "." : path, OpenFlags.PathOnly, 0, RootTree.InRoot, out Errno errno);
        return source is null
            ? throw new EngineException(ErrorKind.NotFound, $"{_name}: {path}: {errno.Describe()}")
            : MountTree.Clone(source, recursive: false);
    });

    /// <summary>Lets it go; a mount of a part stays until its descriptor is closed, and must be gone by now where it can be written to.</summary>
    public void Dispose()
    {
        Mount.Dispose();
        _root.Dispose();
    }
}
