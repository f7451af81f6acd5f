using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images;

/// <content>Images in archives.</content>
public sealed partial class ImageStore
{
    /// <summary>Writes images as an archive.</summary>
    /// <param name="images">Them, none of which is provisional.</param>
    /// <param name="format">How it is laid out.</param>
    /// <param name="output">Takes the tar.</param>
    /// <exception cref="LayerException">A layer is not what it was: what was written is no archive.</exception>
    /// <exception cref="CorruptContentException">A config is missing or damaged.</exception>
    public void Save(IReadOnlyList<SavedImage> images, ArchiveFormat format, Stream output)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(output);
        new ArchiveWriter(_layout, output, format).Write(images);
    }

    /// <summary>Writes images for several platforms as an OCI layout whose names mean their index.</summary>
    /// <param name="images">They, none of which is provisional.</param>
    /// <param name="index">The index, which lists what <c>ManifestOf</c> gives of each.</param>
    /// <param name="names">What it is called; none for an index without a name.</param>
    /// <param name="annotations">What the index's descriptor is annotated with besides.</param>
    /// <param name="output">Takes the tar.</param>
    /// <exception cref="LayerException">A layer is not what it was: what was written is no archive.</exception>
    /// <exception cref="CorruptContentException">A config is missing or damaged.</exception>
    public void SaveIndex(
        IReadOnlyList<SavedImage> images, byte[] index, IReadOnlyList<ImageReference> names, IReadOnlyDictionary<string, string> annotations, Stream output)
    {
        ArgumentNullException.ThrowIfNull(images);
        ArgumentNullException.ThrowIfNull(output);
        new ArchiveWriter(_layout, output, ArchiveFormat.Oci).WriteIndex(images, index, names, annotations);
    }

    /// <summary>The manifest of an image with its layers as they are, not compressed: that of archives.</summary>
    /// <exception cref="LayerException">A layer is not kept.</exception>
    /// <exception cref="CorruptContentException">Its config is missing or damaged.</exception>
    public byte[] ManifestOf(SavedImage image)
    {
        ArgumentNullException.ThrowIfNull(image);
        return new ArchiveWriter(_layout, Stream.Null, ArchiveFormat.Oci).ManifestOf(image);
    }

    /// <summary>The names with a tag that a repository has here; where a short name has none, those of the local one.</summary>
    public IReadOnlyList<ImageReference> TagsOf(ImageReference repository)
    {
        ArgumentNullException.ThrowIfNull(repository);
        List<ImageName> names = _names.All();
        List<ImageReference> tags = TagsOf(names, repository);
        return tags.Count == 0 && repository.IsShort ? TagsOf(names, repository.ToLocal()) : tags;
    }

    /// <summary>The name that a reference means here: where a short one is not there, the local one. Null where neither is.</summary>
    public ImageReference? NameOf(ImageReference reference) => FindName(reference);

    private static List<ImageReference> TagsOf(List<ImageName> names, ImageReference repository) => names
        .FindAll(name => name.Reference.Tag is not null
            && name.Reference.Registry == repository.Registry && name.Reference.Repository == repository.Repository)
        .ConvertAll(static name => name.Reference);
}
