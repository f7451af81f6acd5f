using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Images;

/// <summary>Tells all that is known of an image.</summary>
public sealed class InspectImage(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Looks an image up.</summary>
    /// <exception cref="EngineException">There is no such image, or its documents are damaged.</exception>
    public ImageDetails Run(string image, Platform? platform = null) => EngineErrors.Translated(
        () => _store.Inspect(ImageLocation.Parse(image), platform));
}
