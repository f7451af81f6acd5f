using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Images;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.References;

namespace FastRun.Engine.Launch.Roots;

/// <summary>From what the user wrote to an image that is there and stays there.</summary>
internal static class ImageResolution
{
    /// <summary>
    /// Leases the image, bringing it first where it lies in a layout, an archive or a registry; null for the machine's own
    /// root.
    /// </summary>
    internal static ImageLease? Resolve(StateLayout layout, ContainerCreateRequest request, RunOptions options)
    {
        ImageLocation location = ImageLocation.Parse(request.Image);
        if (location.Transport == ImageTransport.Host)
        {
            return null;
        }

        ImageStore store = ContainerImageUsers.OpenStore(layout);
        if (location.Transport != ImageTransport.Registry)
        {
            return store.Open(location, request.Platform, options.Trace?.Observe(new LoadObserver()));
        }

        RecordState state = RecordState.Absent;
        bool asks = request.PullPolicy is PullPolicy.Always or PullPolicy.Newer && !request.Offline;
        ImageLease? present = asks ? null : store.TryOpen(location, request.Platform, out state);
        return present ?? new ImagePulling(layout, store, location, request, options).Pull(state);
    }
}
