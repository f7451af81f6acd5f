using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;

namespace FastRun.Layers.Tests.Pipeline;

/// <summary>Remembers what it was told.</summary>
internal sealed class RecordingObserver : ILayerObserver
{
    private readonly ConcurrentQueue<(Digest DiffId, LayerState State)> _changes = new();

    internal IReadOnlyList<LayerProgress> Layers { get; private set; } = [];

    internal IEnumerable<LayerState> StatesOf(LayerSource layer) =>
        from change in _changes where change.DiffId.Equals(layer.DiffId) select change.State;

    public void Begin(IReadOnlyList<LayerProgress> bottomFirst) => Layers = bottomFirst;

    public void Changed(LayerProgress layer) => _changes.Enqueue((layer.Source.DiffId, layer.State));
}
