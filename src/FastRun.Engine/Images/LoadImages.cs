using System;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Native;

namespace FastRun.Engine.Images;

/// <summary>Loads the images of an archive (<c>docker load</c>).</summary>
public sealed class LoadImages(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Loads them.</summary>
    /// <param name="path">The archive's file; null for standard input.</param>
    /// <param name="platform">What the images must be built for; null for whatever they are.</param>
    /// <param name="observer">Hears how it gets on.</param>
    /// <param name="loaded">Called for each name, or each image without one, when it is on disk.</param>
    /// <exception cref="EngineException">It is no archive of images, or cannot be loaded, or a signal came.</exception>
    public void Run(string? path, Platform? platform, LoadObserver observer, Action<LoadedImage> loaded)
    {
        PullImage.Pulling(observer, _ =>
        {
            using Fd archive = InputFile.Open(path);
            Load(archive, path ?? InputFile.StandardInput, platform, observer, loaded);
            return 0;
        });
    }

    /// <summary>As the other, from a descriptor that a client's bytes come by.</summary>
    public void Run(Fd archive, Platform? platform, LoadObserver observer, Action<LoadedImage> loaded) => PullImage.Pulling(observer, _ =>
    {
        Load(archive, "the request's body", platform, observer, loaded);
        return 0;
    });

    private void Load(Fd archive, string subject, Platform? platform, LoadObserver observer, Action<LoadedImage> loaded)
    {
        ArgumentNullException.ThrowIfNull(loaded);
        _store.LoadArchive(archive, subject, platform, observer, image =>
        {
            string id = image.Id.ToString();
            ImageEvents.Note(layout, "load", id, image.Name?.ToFamiliarString() ?? id);
            loaded(image);
        });
    }
}
