using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images.Sources;

/// <summary>An image layout or archive.</summary>
internal abstract class ImageSource : IDisposable
{
    // OVL_MAX_STACK, fs/overlayfs/params.h.
    private const int MaxLayers = 500;

    /// <summary>Opens what a location names.</summary>
    internal static ImageSource Open(ImageLocation location) => location.Transport switch
    {
        ImageTransport.OciLayout => new OciSource(new DirectoryFiles(location.Path, location.Text), location.Path),
        ImageTransport.OciArchive => new OciSource(new TarFiles(location.Path, location.Text), location.Path),
        ImageTransport.DockerArchive => new DockerArchiveSource(new TarFiles(location.Path, location.Text)),
        _ => throw new ArgumentException($"{location}: not an image layout or archive", nameof(location)),
    };

    /// <summary>Chooses images.</summary>
    /// <param name="name">Which; null for all.</param>
    /// <param name="platform">For which platform, where there is a choice.</param>
    /// <exception cref="ImageNotFoundException">There is no image of the name, or none at all.</exception>
    /// <exception cref="PlatformNotFoundException">None is for the platform.</exception>
    internal abstract IReadOnlyList<SourceImage> Select(string? name, Platform platform);

    /// <summary>Refuses an image that no kernel can mount, before a layer of it is looked at.</summary>
    internal static void RequireLayerCount(int count, string subject)
    {
        if (count > MaxLayers)
        {
            throw new CorruptContentException(subject, $"the image has {count} layers: overlayfs takes {MaxLayers}");
        }
    }

    /// <inheritdoc/>
    public abstract void Dispose();
}
