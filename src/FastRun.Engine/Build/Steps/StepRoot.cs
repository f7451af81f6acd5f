using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Images;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Steps;

/// <summary>
/// The writable root of a step that changes files: what is below it with an upper directory, which becomes the step's layer by
/// rename. It is a sandbox on disk, so what a killed build leaves is found like one.
/// </summary>
internal sealed class StepRoot : IDisposable
{
    private readonly StateLayout _layout;
    private readonly string? _below;

    private StepRoot(StateLayout layout, Sandbox sandbox, string? below) => (_layout, Sandbox, _below) = (layout, sandbox, below);

    /// <summary>Its directory.</summary>
    internal Sandbox Sandbox { get; }

    /// <summary>Makes the directory; nothing is mounted.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="layers">The layers below, topmost first.</param>
    internal static StepRoot Create(StateLayout layout, IReadOnlyList<string> layers) =>
        new(layout, Sandbox.Create(layout), layers.Count == 0 ? null : layout.LayerTree(layers[0]));

    /// <summary>Mounts the layers under the upper, without what a container's own mounts cover. Without layers it is the upper itself.</summary>
    /// <param name="layers">The layers below, topmost first.</param>
    /// <returns>The root; it must be closed before <see cref="Commit"/>.</returns>
    internal Fd Mount(IReadOnlyList<string> layers) => layers.Count == 0
        ? FileAt.Open(null, Sandbox.Upper, OpenFlags.Read | OpenFlags.Directory | OpenFlags.NoFollow)
        : RootFilesystem.Mount([.. layers.Select(layer => OverlayLower.OfHost(_layout.LayerTree(layer)))], Sandbox);

    /// <summary>
    /// Makes the layer. Nothing is mounted any more; the caller holds <see cref="LayerStore.Lock"/> shared until a record lists it.
    /// </summary>
    /// <returns>Its local id; null where nothing was changed.</returns>
    internal string? Commit(LayerStore layers) =>
        UpperCapture.IsUnchanged(Sandbox.Upper, _below) ? null : UpperLayer.Make(_layout, layers, Sandbox.Upper);

    /// <summary>Deletes what is left.</summary>
    public void Dispose()
    {
        try
        {
            Sandbox.Remove();
        }
        finally
        {
            Sandbox.Dispose();
        }
    }
}
