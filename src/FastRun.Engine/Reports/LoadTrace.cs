using System.Collections.Generic;
using System.Diagnostics;
using System.Threading;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;

namespace FastRun.Engine.Reports;

/// <summary>Remembers what happened while an image was brought, for a trace, and passes it on.</summary>
internal sealed class LoadTrace(LoadObserver heard) : LoadObserver
{
    private readonly Lock _gate = new();
    private readonly List<(string What, long At)> _moments = [];
    private readonly List<LayerProgress> _layers = [];

    /// <summary>What happened, with the stopwatch's time.</summary>
    internal IReadOnlyList<(string What, long At)> Moments
    {
        get
        {
            lock (_gate)
            {
                return [.. _moments];
            }
        }
    }

    /// <summary>The layers, each once, the lowest first.</summary>
    internal IReadOnlyList<LayerProgress> Layers
    {
        get
        {
            lock (_gate)
            {
                return [.. _layers];
            }
        }
    }

    /// <inheritdoc/>
    public override void Waiting()
    {
        Note("waiting for another fastrun");
        heard.Waiting();
    }

    /// <inheritdoc/>
    public override void Found(ImageReference reference, Digest digest)
    {
        Note($"found {reference} as {digest}");
        heard.Found(reference, digest);
    }

    /// <inheritdoc/>
    public override void Completed(PulledImage image)
    {
        Note("image is complete");
        heard.Completed(image);
    }

    /// <inheritdoc/>
    public override void End() => heard.End();

    /// <inheritdoc/>
    public override void Begin(IReadOnlyList<LayerProgress> bottomFirst)
    {
        lock (_gate)
        {
            foreach (LayerProgress layer in bottomFirst)
            {
                if (!_layers.Contains(layer))
                {
                    _layers.Add(layer);
                }
            }
        }

        heard.Begin(bottomFirst);
    }

    /// <inheritdoc/>
    public override void Changed(LayerProgress layer) => heard.Changed(layer);

    private void Note(string what)
    {
        lock (_gate)
        {
            _moments.Add((what, Stopwatch.GetTimestamp()));
        }
    }
}
