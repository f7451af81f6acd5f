using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Layers.Content;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Images.Sources;

/// <summary>An OCI image layout (image-spec, image-layout), in a directory or a tar.</summary>
internal sealed class OciSource(SourceFiles files, string path) : ImageSource
{
    private const string RefName = "org.opencontainers.image.ref.name";
    private const string ContainerdName = "io.containerd.image.name";

    /// <inheritdoc/>
    internal override IReadOnlyList<SourceImage> Select(string? name, Platform platform)
    {
        byte[] json = files.TryRead("index.json", StrictJson.MaxSize)
            ?? throw new ImageNotFoundException(files.Subject, "not an OCI image layout: index.json is missing");
        ManifestDocument index = ManifestDocument.Parse(json, $"{files.Subject}: index.json");
        if (!index.IsIndex)
        {
            throw new CorruptContentException($"{files.Subject}: index.json", "is a manifest, not an index");
        }

        Dictionary<string, List<Descriptor>> named = Group(index.Manifests, name);
        if (named.Count == 0)
        {
            throw new ImageNotFoundException(files.Subject, Choices(index.Manifests));
        }

        List<SourceImage> images = [];
        foreach ((string key, List<Descriptor> candidates) in named)
        {
            Descriptor manifest = new PlatformChoice(files.Subject, ReadDocument).Choose(candidates, platform);
            images.Add(new SourceImage
            {
                Names = [StoreName(key, manifest.Digest)],
                ManifestDigest = manifest.Digest,
                Read = () => ReadImage(manifest),
            });
        }

        return images;
    }

    /// <inheritdoc/>
    public override void Dispose() => files.Dispose();

    private static string NameOf(Descriptor descriptor) =>
        descriptor.Annotations.GetValueOrDefault(ContainerdName)
        ?? descriptor.Annotations.GetValueOrDefault(RefName)
        ?? "";

    private static bool IsNamed(Descriptor descriptor, string name) =>
        descriptor.Annotations.GetValueOrDefault(RefName) == name
        || descriptor.Annotations.GetValueOrDefault(ContainerdName) == name;

    /// <summary>The images by name: several descriptors of one name are one image's platforms.</summary>
    private static Dictionary<string, List<Descriptor>> Group(IReadOnlyList<Descriptor> manifests, string? name)
    {
        Dictionary<string, List<Descriptor>> groups = new(StringComparer.Ordinal);
        foreach (Descriptor descriptor in manifests)
        {
            if (descriptor.IsAttestation || (name is not null && !IsNamed(descriptor, name)))
            {
                continue;
            }

            string key = NameOf(descriptor);
            if (!groups.TryGetValue(key, out List<Descriptor>? group))
            {
                groups.Add(key, group = []);
            }

            group.Add(descriptor);
        }

        return groups;
    }

    private static string Choices(IReadOnlyList<Descriptor> manifests)
    {
        SortedSet<string> names = new(StringComparer.Ordinal);
        foreach (Descriptor descriptor in manifests)
        {
            if (!descriptor.IsAttestation && NameOf(descriptor) is { Length: > 0 } name)
            {
                names.Add(ReferenceGrammar.Quote(descriptor.Annotations.GetValueOrDefault(RefName) ?? name));
            }
        }

        return manifests.Count == 0 ? "the layout holds no image"
            : names.Count == 0 ? "no image has a name in this layout: leave the name out"
            : $"no image of this name in the layout: there is {string.Join(", ", names)}";
    }

    private ImageContents ReadImage(Descriptor descriptor)
    {
        RequireLayoutVersion();
        return ManifestContents.Read(
            ReadDocument(descriptor), descriptor.Digest, files.Subject, ReadBlob, MakeLayer);
    }

    private FileLayer MakeLayer(Descriptor layer, Digest diffId) =>
        new(files, RequireBlob(layer), layer.MediaType, layer.Digest, layer.Size, diffId);

    private ManifestDocument ReadDocument(Descriptor descriptor) =>
        ManifestDocument.Parse(ReadBlob(descriptor), $"manifest {descriptor.Digest}", descriptor.MediaType);

    private byte[] ReadBlob(Descriptor descriptor)
    {
        string name = RequireBlob(descriptor);
        byte[] content = files.TryRead(name, StrictJson.MaxSize)!;
        ContentStore.Verify(descriptor.Digest, content, $"{files.Subject}: {name}");
        return content;
    }

    private string RequireBlob(Descriptor descriptor)
    {
        string name = $"blobs/{descriptor.Digest.Algorithm}/{descriptor.Digest.Hex}";
        long size = files.TryGetSize(name) ?? throw new CorruptContentException(files.Subject, $"{name} is missing");
        return size == descriptor.Size
            ? name
            : throw new CorruptContentException(
                files.Subject, $"{name} has {size} bytes, but its descriptor says {descriptor.Size}");
    }

    private void RequireLayoutVersion()
    {
        byte[] marker = files.TryRead("oci-layout", StrictJson.MaxSize)
            ?? throw new CorruptContentException(files.Subject, "not an OCI image layout: oci-layout is missing");
        string? version = LayoutMarker.ReadVersion(marker, $"{files.Subject}: oci-layout");
        if (version is null || !version.StartsWith("1.", StringComparison.Ordinal))
        {
            throw new CorruptContentException(
                files.Subject, $"the layout's version is {ReferenceGrammar.Quote(version ?? "not stated")}, not 1.0.0");
        }
    }

    /// <summary>
    /// A full reference is kept. A mere tag is a tag of the local image that is called like the layout, as podman names
    /// such images.
    /// </summary>
    private ImageReference StoreName(string name, Digest digest)
    {
        string tag = name.Length == 0 ? ImageReference.DefaultTag : name;
        if (ReferenceGrammar.IsTag(tag))
        {
            return new ImageReference(ImageReference.LocalRegistry, LayoutName(), tag);
        }

        return ImageReference.TryParse(name, out ImageReference? reference)
            ? reference.IsShort ? reference.ToLocal() : reference
            : new ImageReference(ImageReference.LocalRegistry, LayoutName(), tag: null, digest);
    }

    private string LayoutName() => LayoutNames.ToRepository(Path.GetFileName(Path.GetFullPath(path).TrimEnd('/')));
}
