using System.Collections.Generic;
using System.Threading;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <summary>What whoever asks for an image hears while it is being brought, and how it can end that.</summary>
public class LoadObserver : ILayerObserver
{
    /// <summary>For those who neither listen nor give up.</summary>
    internal static LoadObserver None { get; } = new();

    /// <summary>Ends the load early: nothing of what is not complete stays.</summary>
    public CancellationToken Cancellation { get; set; }

    /// <summary>Another process brings the same thing, and this one waits for it; nothing is said when that is over.</summary>
    public virtual void Waiting()
    {
    }

    /// <summary>The registry has told what a name means.</summary>
    public virtual void Found(ImageReference reference, Digest digest)
    {
    }

    /// <summary>The image is there.</summary>
    public virtual void Completed(PulledImage image)
    {
    }

    /// <summary>Nothing more will come, whether it went well or not.</summary>
    public virtual void End()
    {
    }

    /// <inheritdoc/>
    public virtual void Begin(IReadOnlyList<LayerProgress> bottomFirst)
    {
    }

    /// <inheritdoc/>
    public virtual void Changed(LayerProgress layer)
    {
    }
}
