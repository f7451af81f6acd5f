using System.Collections.Generic;

namespace FastRun.Layers.Pipeline;

/// <summary>Is told how the layers of an image get on. What it throws ends the assembly.</summary>
public interface ILayerObserver
{
    /// <summary>Called once, before anything is read.</summary>
    /// <param name="bottomFirst">
    /// A progress for each layer, in the order of the manifest; a layer that is there twice has the same one in both places. Its
    /// counters move on without further calls: poll them.
    /// </param>
    void Begin(IReadOnlyList<LayerProgress> bottomFirst);

    /// <summary>A layer's state changed. Called from the thread that works on it, so from several at once.</summary>
    void Changed(LayerProgress layer);
}
