using System;
using System.Collections.Generic;
using FastRun.Layers.Images.Lists;
using FastRun.Layers.Images.Pushing;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <content>Giving images names, and bringing them to registries.</content>
public sealed partial class ImageStore
{
    /// <summary>
    /// Makes a registry mean an image by a name that the image has here. The image cannot be removed meanwhile. All that was sent
    /// stays there when it fails, and is not sent again by the next push; the name means what it meant until all is there.
    /// </summary>
    /// <param name="reference">The name, with a tag.</param>
    /// <param name="options">How.</param>
    /// <param name="registry">How to reach registries.</param>
    /// <param name="observer">Whoever waits for it.</param>
    /// <exception cref="ImageNotFoundException">No image has the name.</exception>
    /// <exception cref="PlatformNotFoundException">It is for another platform.</exception>
    /// <exception cref="RegistryException">The registry does not take it.</exception>
    /// <exception cref="CorruptContentException">A document of the image is missing or damaged.</exception>
    /// <exception cref="LayerException">A layer cannot be made again.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public PushedImage Push(ImageReference reference, PushOptions options, RegistryClientOptions registry, PushObserver observer)
    {
        ImageReference name = new(reference.Registry, reference.Repository, reference.Tag ?? ImageReference.DefaultTag);
        using ImageLease found = RequirePlatform(
            _records.TryLease(_layout.ImageName(name), out RecordState state) ?? throw NotHere(name, state), name.ToFamiliarString(), options.Platform);
        using ImageLease lease = Settle(found.Record.ImageId, waiting: null, registry.Stop);
        return new ImagePush(_layout, _names, lease.Record, name, options, observer).Push(registry);
    }

    /// <summary>Brings the image of a list's member to the list's repository, where it has no name but its manifest's digest.</summary>
    /// <param name="member">A member that was built on this machine.</param>
    /// <param name="list">The list's name.</param>
    /// <param name="options">How.</param>
    /// <param name="registry">How to reach registries.</param>
    /// <param name="observer">Whoever waits for it.</param>
    /// <returns>The member with the manifest that the registry has.</returns>
    /// <exception cref="ImageNotFoundException">The image is gone. The others as of <see cref="Push"/>.</exception>
    public ListedManifest PushMember(
        ListedManifest member, ImageReference list, PushOptions options, RegistryClientOptions registry, PushObserver observer)
    {
        ArgumentNullException.ThrowIfNull(member);
        using ImageLease lease = Lease(member.ImageId ?? throw new ArgumentException("a member of a registry", nameof(member)));
        PushedImage pushed = new ImagePush(_layout, _names, lease.Record, list, options with { OnlyByDigest = true }, observer).Push(registry);
        return member with
        {
            Reference = new ImageReference(list.Registry, list.Repository, tag: null, pushed.Digest),
            MediaType = ManifestDocument.Parse(pushed.Manifest, $"manifest {pushed.Digest}").MediaType,
            Digest = pushed.Digest,
            Bytes = pushed.Manifest,
        };
    }

    /// <summary>
    /// Gives an image one more name, whatever that meant before. The name leads to the manifest that the image came by, so that it
    /// can be pushed as it came.
    /// </summary>
    /// <param name="source">The image.</param>
    /// <param name="target">The name, with a tag.</param>
    /// <returns>The image's id.</returns>
    /// <exception cref="ImageNotFoundException">There is no such image.</exception>
    public Digest Tag(ImageLocation source, ImageReference target)
    {
        ImageReference name = new(target.Registry, target.Repository, target.Tag ?? ImageReference.DefaultTag);
        using ImageLease lease = FindStored(source, out RecordState state) ?? throw Missing(source.Text, state);
        RequireWhole(lease.Record);
        Digest imageId = lease.Record.ImageId;
        using FileLock changing = _names.Lock();
        List<ImageName> own =
            _names.All().FindAll(each => each.ImageIdHex == imageId.Hex && each.Manifest is not null);
        ImageName? from = own.Find(each => source.Reference is { } asked && IsSame(each.Reference, asked))
            ?? own.Find(each => source.Reference is { IsShort: true } asked && IsSame(each.Reference, asked.ToLocal()))
            ?? own.Find(static each => each.Reference.Tag is not null)
            ?? (own.Count > 0 ? own[0] : null);
        (Digest? manifest, Digest? index) = from is null ? default : ManifestOf(from, own);
        _names.Link(name, imageId, manifest, index, lease.IsDurable);
        return imageId;
    }

    /// <summary>The manifest that a name leads to, and the index by which it does, if there is one.</summary>
    private static (Digest? Manifest, Digest? Index) ManifestOf(ImageName name, List<ImageName> own)
    {
        ImageName first = name.Reference.Digest is null
            ? own.Find(each => each.IsPassedThroughBy(name)) ?? name
            : name;
        return first is { Reference.Digest: { } index, Next: { } manifest } ? (manifest, index) : (first.Manifest, null);
    }

    private ImageNotFoundException NotHere(ImageReference name, RecordState state) => state == RecordState.Absent
        ? new ImageNotFoundException(
            name.ToFamiliarString(),
            name.Registry == ImageReference.DefaultRegistry && _names.HasSnapshot(name.ToSnapshot()) ? "a snapshot belongs to this machine: fastrun tag makes an image of it that can be pushed" : "an image does not exist locally with this tag")
        : Missing(name.ToFamiliarString(), state);
}
