using System;
using System.Collections.Generic;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Files;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Images.Lists;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Engine.Images;

/// <summary>Writes images to an archive (<c>docker save</c>).</summary>
public sealed class SaveImages(StateLayout layout)
{
    private readonly ImageStore _store = ContainerImageUsers.OpenStore(layout);

    /// <summary>Ends it; where it cannot, a signal to this process does.</summary>
    public CancellationToken Cancellation { get; init; }

    /// <summary>What the images' documents are annotated with.</summary>
    public IReadOnlyList<ImageAnnotation> Annotations { get; init; } = [];

    /// <summary>Writes it to a stream. What was written when this fails is no archive.</summary>
    /// <param name="names">Names, of which one without a tag means all its tags, or ids.</param>
    /// <param name="format">How the archive is laid out.</param>
    /// <param name="platform">What the images must be built for; null for whatever is there.</param>
    /// <param name="output">Where it goes.</param>
    /// <exception cref="EngineException">An image is not there, or cannot be read, or a signal came.</exception>
    public void Run(IReadOnlyList<string> names, ArchiveFormat format, Platform? platform, Stream output)
    {
        ArgumentNullException.ThrowIfNull(names);
        PullImage.Pulling(new LoadObserver { Cancellation = Cancellation }, observer =>
        {
            List<SavedImage> images = [];
            try
            {
                foreach (string name in names)
                {
                    Add(name, platform, images, observer.Cancellation);
                }

                _store.Save(images, format, new InterruptibleStream(output, observer.Cancellation));
                foreach (SavedImage image in images)
                {
                    string id = image.Lease.Record.ImageId.ToString();
                    ImageEvents.Note(layout, "save", id, image.Names.Count > 0 ? image.Names[0].ToFamiliarString() : id);
                }
            }
            finally
            {
                images.ForEach(static image => image.Lease.Dispose());
            }

            return 0;
        });
    }

    /// <summary>Writes it to a file, which has its name only once it is whole.</summary>
    /// <param name="names">As above.</param>
    /// <param name="format">As above.</param>
    /// <param name="platform">As above.</param>
    /// <param name="path">The file, which is replaced where there is one.</param>
    /// <exception cref="EngineException">As above, or the file cannot be written.</exception>
    public void Run(IReadOnlyList<string> names, ArchiveFormat format, Platform? platform, string path) =>
        OutputFile.Write(path, output => Run(names, format, platform, output));

    /// <summary>Writes images for several platforms, which were built here, as an OCI archive of their index.</summary>
    /// <param name="list">The index.</param>
    /// <param name="names">What it is called.</param>
    /// <param name="output">Where it goes.</param>
    /// <exception cref="EngineException">An image cannot be read, or a signal came.</exception>
    internal void RunList(ManifestList list, IReadOnlyList<ImageReference> names, Stream output) =>
        PullImage.Pulling(new LoadObserver { Cancellation = Cancellation }, observer =>
        {
            List<SavedImage> images = [];
            List<ListedManifest> members = [];
            try
            {
                foreach (ListedManifest member in list.Manifests)
                {
                    SavedImage image = new(_store.Open(ImageLocation.Parse(member.ImageId!.Value.ToString()), platform: null), [])
                    {
                        Annotations = ImageAnnotation.Of(Annotations, AnnotatedPart.Manifest, member.Platform.Built),
                    };
                    images.Add(image);
                    byte[] manifest = _store.ManifestOf(image);
                    members.Add(member with
                    {
                        Digest = Digest.FromSha256(SHA256.HashData(manifest)),
                        Bytes = manifest,
                        Annotations = ImageAnnotation.Of(Annotations, AnnotatedPart.ManifestDescriptor, member.Platform.Built),
                    });
                }

                ManifestList annotated = list with { Manifests = members, Annotations = ImageAnnotation.Of(Annotations, AnnotatedPart.Index) };
                _store.SaveIndex(
                    images,
                    annotated.ToIndex(),
                    names,
                    ImageAnnotation.Of(Annotations, AnnotatedPart.IndexDescriptor),
                    new InterruptibleStream(output, observer.Cancellation));
            }
            finally
            {
                images.ForEach(static image => image.Lease.Dispose());
            }

            return 0;
        });

    private void Add(string name, Platform? platform, List<SavedImage> images, CancellationToken cancellation)
    {
        ImageLocation location = ImageLocation.Parse(name);
        if (location.Transport is not (ImageTransport.Registry or ImageTransport.Snapshot))
        {
            throw EngineException.Invalid($"{name}: only an image of the store can be saved");
        }

        IReadOnlyList<ImageReference> tags = location.Reference is { Digest: null, IsSnapshot: false } reference
            ? HasTag(name) ? _store.NameOf(reference) is { } one ? [one] : [] : _store.TagsOf(reference)
            : [];
        if (tags.Count == 0)
        {
            Add(location, platform, null, images, cancellation);
            return;
        }

        foreach (ImageReference tag in tags)
        {
            Add(ImageLocation.Parse(tag.ToString()), platform, tag, images, cancellation);
        }
    }

    /// <summary>Adds an image; one that is there already gets another name.</summary>
    private void Add(ImageLocation location, Platform? platform, ImageReference? name, List<SavedImage> images, CancellationToken cancellation)
    {
        ImageLease lease;
        using (ImageLease found = _store.Open(location, platform))
        {
            lease = _store.Settle(found.Record.ImageId, waiting: null, cancellation);
        }

        int at = images.FindIndex(image => image.Lease.Record.ImageId == lease.Record.ImageId);
        if (at < 0)
        {
            images.Add(new SavedImage(lease, name is null ? [] : [name]) { Annotations = ImageAnnotation.Of(Annotations, AnnotatedPart.Manifest) });
            return;
        }

        lease.Dispose();
        if (name is not null && !new List<ImageReference>(images[at].Names).Contains(name))
        {
            images[at] = images[at] with { Names = [.. images[at].Names, name] };
        }
    }

    private static bool HasTag(string name) => name.LastIndexOf(':') > name.LastIndexOf('/');
}
