using System;
using System.Collections.Generic;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images.Sources;

/// <summary>An image layout or archive.</summary>
internal abstract class ImageSource : IDisposable
{
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

    /// <inheritdoc/>
    public abstract void Dispose();
}
