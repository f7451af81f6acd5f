using System;
using System.Collections.Generic;
using FastRun.Engine.Images;
using FastRun.Engine.Launch.Mounts;
using FastRun.Engine.Launch.Roots;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Snapshots;

/// <summary>
/// A sandbox that outlives its command, to become a layer: <see cref="RunContainer"/> runs the command in it and gives back all else.
/// What is not taken is removed.
/// </summary>
internal sealed class SandboxCapture : IDisposable
{
    private readonly StateLayout _layout;
    private readonly IncludedMounts _mounts;
    private readonly Action<string> _failed;

    /// <param name="layout">Where state is.</param>
    /// <param name="image">What it runs from; stays the caller's. Null for <c>host</c>.</param>
    /// <param name="mounts">What is taken along.</param>
    /// <param name="failed">Takes what could not be removed at the end.</param>
    internal SandboxCapture(StateLayout layout, ImageLease? image, IncludedMounts mounts, Action<string> failed)
    {
        (_layout, Image, _mounts, _failed) = (layout, image, mounts, failed);
        Sandbox = Sandbox.Create(layout);
    }

    /// <summary>The image; null for <c>host</c>.</summary>
    internal ImageLease? Image { get; }

    /// <summary>The sandbox.</summary>
    internal Sandbox Sandbox { get; }

    /// <summary>Keeps the contents of its mounts, which otherwise go with the last process.</summary>
    internal void Hold(IReadOnlyList<PlannedMount> mounts) => _mounts.Hold(mounts);

    /// <summary>
    /// Makes a layer of what was written. The upper directory becomes its tree by rename; only what comes from mounts is copied.
    /// </summary>
    /// <param name="layers">The store; the caller holds its lock shared until a record lists the layer.</param>
    /// <returns>The layer's local id; null where nothing was written.</returns>
    /// <exception cref="SyscallException">It cannot be made; nothing of it stays.</exception>
    internal string? Take(LayerStore layers)
    {
        if (_mounts.Any)
        {
            TakeMounts();
        }

        // Something must lie on the machine's own root.
        if (Image is { } image && UpperCapture.IsUnchanged(Sandbox.Upper, _layout.LayerTree(image.Record.LayerIds[0])))
        {
            return null;
        }

        return UpperLayer.Make(_layout, layers, Sandbox.Upper);
    }

    /// <summary>Removes what was not taken.</summary>
    public void Dispose()
    {
        _mounts.Dispose();
        try
        {
            Sandbox.Remove();
        }
        catch (Exception e) when (e is SyscallException or AggregateException)
        {
            _failed($"fastrun: sandbox {Sandbox.Id}: cannot be removed: {e.Message}: fastrun gc removes it\n");
        }

        Sandbox.Dispose();
    }

    private void TakeMounts()
    {
        // Mounting gives the upper's root the attributes of the root below, and the command may have changed these.
        FileStatus before = FileAt.Stat(null, Sandbox.Upper);
        Sandbox.RenewWork();
        using (Fd root = ImageRoot.Mount(_layout, Image?.Record, written: [], Sandbox))
        {
            _mounts.CopyTo(root);
        }

        FileAt.ChangeOwner(null, Sandbox.Upper, before.Uid, before.Gid);
        FileAt.ChangeMode(null, Sandbox.Upper, before.Permissions);
    }
}
