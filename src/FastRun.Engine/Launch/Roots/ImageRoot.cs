using System.Collections.Generic;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Native;

namespace FastRun.Engine.Launch.Roots;

/// <summary>The writable root of a sandbox, whatever it lies on: an image's layers, the machine's own root, or layers above that.</summary>
internal static class ImageRoot
{
    /// <summary>Whether the machine's own root is the lowest of all.</summary>
    internal static bool IsHosts(LaunchRecord? image) => image is null or { IsOnHost: true };

    /// <summary>Mounts it, detached.</summary>
    /// <param name="layout">Where the layers are.</param>
    /// <param name="image">The image; null for <c>host</c>.</param>
    /// <param name="written">Local ids of layers above the image's, topmost first.</param>
    /// <param name="sandbox">Whose upper it is.</param>
    /// <exception cref="Errors.EngineException">The kernel cannot make the overlay.</exception>
    internal static Fd Mount(StateLayout layout, LaunchRecord? image, IReadOnlyList<string> written, Sandbox sandbox)
    {
        IReadOnlyList<string> own = image?.LayerIds ?? [];
        IReadOnlyList<string> layers = written.Count == 0 ? own : [.. written, .. own];
        return IsHosts(image)
            ? HostRootFilesystem.Mount(layout, layers, sandbox)
            : RootFilesystem.Mount(layout, layers, sandbox);
    }
}
