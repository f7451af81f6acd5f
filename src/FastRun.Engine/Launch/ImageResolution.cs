using FastRun.Engine.Containers;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.References;

namespace FastRun.Engine.Launch;

/// <summary>From what the user wrote to an image that is there and stays there.</summary>
internal static class ImageResolution
{
    /// <summary>Leases the image, loading it first where it lies in a layout or an archive; null for the machine's own root.</summary>
    internal static ImageLease? Resolve(StateLayout layout, ContainerCreateRequest request)
    {
        ImageLocation location = ImageLocation.Parse(request.Image);
        return location.Transport == ImageTransport.Host ? null : new ImageStore(layout).Open(location, request.Platform);
    }
}
