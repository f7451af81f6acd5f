using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <content>Loading from layouts and archives.</content>
public sealed partial class ImageStore
{
    /// <summary>Loads all images of a layout or archive, or the one that the location names, and waits until they are on disk.</summary>
    /// <returns>The names that they have now; an image id where one has none.</returns>
    public IReadOnlyList<string> LoadAll(ImageLocation location, Platform? platform = null)
    {
        using ImageSource source = ImageSource.Open(location);
        List<string> loaded = [];
        foreach (SourceImage image in source.Select(location.Name, platform ?? Platform.Host))
        {
            using ImageLease lease = _load.Open(image, platform, location.Text, LoadObserver.None);
            lease.MakeDurable();
            loaded.AddRange(image.Names.Count == 0
                ? [lease.Record.ImageId.ToString()]
                : image.Names.Select(name => name.ToString()));
        }

        return loaded;
    }

    /// <summary>Waits until an image that was just brought is on the disk; it may be removed meanwhile.</summary>
    /// <param name="imageId">The image.</param>
    /// <exception cref="LayerException">It was removed meanwhile.</exception>
    public void MakeDurable(Digest imageId) => _records.MakeDurable(imageId);

    private ImageLease Load(ImageLocation location, Platform? platform, LoadObserver observer)
    {
        using ImageSource source = ImageSource.Open(location);
        IReadOnlyList<SourceImage> images = source.Select(location.Name, platform ?? Platform.Host);
        return images.Count == 1
            ? _load.Open(images[0], platform, location.Text, observer)
            : throw new ImageNotFoundException(
                location.Text,
                "there are several images, and one must be named: "
                + string.Join(", ", images.SelectMany(image => image.Names).Select(name => name.Tag ?? name.ToString())));
    }
}
