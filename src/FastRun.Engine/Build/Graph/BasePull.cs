using System.Collections.Generic;
using FastRun.Engine.Build.Progress;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;

namespace FastRun.Engine.Build.Graph;

/// <summary>Tells what happens to the layers of a base image that is pulled.</summary>
internal sealed class BasePull(BuildObserver observer, BuildVertex vertex) : LoadObserver
{
    private readonly HashSet<string> _told = [];

    public override void Waiting() => observer.Status(vertex, "waiting for another fastrun");

    public override void Found(ImageReference reference, Digest digest) => observer.Status(vertex, $"resolve {reference}@{digest}");

    public override void Changed(LayerProgress layer)
    {
        if (layer.State is LayerState.Unpacked)
        {
            lock (_told)
            {
                if (!_told.Add(layer.Source.Digest.ToString()))
                {
                    return;
                }
            }

            observer.Status(vertex, $"{layer.Source.Digest} {layer.Source.Size} bytes done");
        }
    }
}
