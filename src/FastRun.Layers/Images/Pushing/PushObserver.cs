using System.Collections.Generic;
using FastRun.Layers.References;

namespace FastRun.Layers.Images.Pushing;

/// <summary>Whoever pushes an image hears how it gets on. Called from several threads.</summary>
public class PushObserver
{
    /// <summary>A push begins.</summary>
    /// <param name="name">Where the image goes.</param>
    /// <param name="topmostFirst">A progress for each layer, each once.</param>
    public virtual void Begin(ImageReference name, IReadOnlyList<PushProgress> topmostFirst)
    {
    }

    /// <summary>A layer's state changed.</summary>
    public virtual void Changed(PushProgress layer)
    {
    }

    /// <summary>The registry has the image under its name.</summary>
    public virtual void Completed(PushedImage image)
    {
    }

    /// <summary>Nothing more will come, whether it went well or not.</summary>
    public virtual void End()
    {
    }
}
