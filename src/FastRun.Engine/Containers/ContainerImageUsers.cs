using System.Collections.Generic;
using System.Linq;
using FastRun.Engine.Build.Cache;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Containers;

/// <summary>
/// The images that containers need, running or not, and the layers that containers and the cache of builds do. Reads all their
/// records, so only a removal asks.
/// </summary>
internal sealed class ContainerImageUsers(StateLayout layout) : IImageUsers
{
    private readonly ContainerStore _containers = new(layout);

    /// <summary>The images on this machine, none of which goes while a container needs it.</summary>
    internal static ImageStore OpenStore(StateLayout layout) => new(layout, new ContainerImageUsers(layout));

    /// <summary>The id that the image of a container has by now; empty for the image <c>host</c>.</summary>
    /// <param name="layout">Where the images are.</param>
    /// <param name="imageId">The one that the container's record names.</param>
    internal static string SettledId(StateLayout layout, string imageId) =>
        Digest.TryParse(imageId, out Digest id) ? ImageStore.SettledId(layout, id).ToString() : imageId;

    /// <inheritdoc/>
    public ImageUser? Find(Digest imageId)
    {
        string image = imageId.ToString();
        ImageUser? found = null;
        foreach (string id in Sandbox.List(layout))
        {
            if (UserOf(id, image) is { } user)
            {
                if (user.IsRunning)
                {
                    return user;
                }

                // One that certainly needs it tells more than one that may.
                found = found is null or { Fault: not null } ? user : found;
            }
        }

        return found;
    }

    /// <inheritdoc/>
    public int CountIdle(Digest imageId)
    {
        string image = imageId.ToString();
        return Sandbox.List(layout).Count(id => UserOf(id, image) is { IsRunning: false });
    }

    /// <inheritdoc/>
    public IReadOnlyCollection<string>? Layers()
    {
        if (StepCache.Layers(layout) is not { } cached)
        {
            return null;
        }

        HashSet<string> layers = [.. cached];
        foreach (string id in Sandbox.List(layout))
        {
            try
            {
                layers.UnionWith(_containers.TryRead(id)?.Record.Layers ?? []);
            }
            catch (EngineException e) when (e.Kind is ErrorKind.CorruptContent)
            {
                // It can never be started.
            }
            catch (EngineException e) when (e.Kind == ErrorKind.Unsupported)
            {
                return null;
            }
        }

        return layers;
    }

    private ImageUser? UserOf(string id, string image)
    {
        try
        {
            return _containers.TryRead(id) is { } container
                && (container.Record.ImageId == image || SettledId(layout, container.Record.ImageId) == image)
                ? new ImageUser(id, container.IsRunning)
                : null;
        }
        catch (EngineException e) when (e.Kind is ErrorKind.CorruptContent)
        {
            // It can never be started. While it runs, its supervisor holds the image.
            return null;
        }
        catch (EngineException e) when (e.Kind == ErrorKind.Unsupported)
        {
            return new ImageUser(id, IsRunning: false, $"it may be needed by {e.Message}");
        }
    }
}
