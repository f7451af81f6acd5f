using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Tests.Images;

/// <summary>Writes OCI image layouts by hand, so that a test can make them wrong in one place.</summary>
internal sealed class TestLayout
{
    private readonly List<string> _descriptors = [];

    internal TestLayout(string directory)
    {
        Path = directory;
        Directory.CreateDirectory(System.IO.Path.Combine(directory, "blobs", "sha256"));
        File.WriteAllText(System.IO.Path.Combine(directory, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        WriteIndex();
    }

    internal string Path { get; }

    internal static string HostArchitecture => Platform.Host.Architecture;

    /// <summary>A tar with one file.</summary>
    internal static byte[] LayerTar(string name, string content) => LayerTar((name, content));

    /// <summary>A tar with some files.</summary>
    internal static byte[] LayerTar(params IEnumerable<(string Name, string Content)> files)
    {
        using MemoryStream memory = new();
        using (TarWriter tar = new(memory, TarEntryFormat.Pax, leaveOpen: true))
        {
            foreach ((string name, string content) in files)
            {
                tar.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, name)
                {
                    DataStream = new MemoryStream(Encoding.UTF8.GetBytes(content)),
                    Mode = (UnixFileMode)0x1A4,
                    ModificationTime = DateTimeOffset.UnixEpoch,
                });
            }
        }

        return memory.ToArray();
    }

    internal static byte[] Gzip(byte[] content)
    {
        using MemoryStream memory = new();
        using (GZipStream gzip = new(memory, CompressionLevel.Fastest))
        {
            gzip.Write(content);
        }

        return memory.ToArray();
    }

    internal static string Sha256(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    internal static string ConfigJson(
        IEnumerable<string> diffIds, string? run = null, string? architecture = null, string? created = null) =>
        $$"""
        {"created":"{{created ?? "2024-05-06T07:08:09Z"}}","os":"linux","architecture":"{{architecture ?? HostArchitecture}}",
        "config":{{run ?? "{}"}},"rootfs":{"type":"layers","diff_ids":[{{string.Join(",", diffIds.Select(id => $"\"{id}\""))}}] } }
        """;

    internal static string Descriptor(string mediaType, byte[] content, string rest = "") =>
        $$"""{"mediaType":"{{mediaType}}","digest":"{{Sha256(content)}}","size":{{content.Length}}{{rest}}}""";

    internal static string Annotated(string? name) =>
        name is null ? "" : $$$""","annotations":{"org.opencontainers.image.ref.name":"{{{name}}}"}""";

    internal byte[] AddBlob(byte[] content)
    {
        File.WriteAllBytes(BlobPath(Sha256(content)), content);
        return content;
    }

    internal string BlobPath(string digest) => System.IO.Path.Combine(Path, "blobs", "sha256", digest[7..]);

    /// <summary>Adds a manifest of some layers, and returns it.</summary>
    internal byte[] AddManifest(IReadOnlyList<byte[]> tars, string? run = null, string? architecture = null, string? created = null)
    {
        byte[] config = AddBlob(Encoding.UTF8.GetBytes(ConfigJson(tars.Select(Sha256), run, architecture, created)));
        IEnumerable<string> layers = tars.Select(tar => Descriptor(MediaTypes.OciLayerGzip, AddBlob(Gzip(tar))));
        return AddBlob(Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"config":{{Descriptor(MediaTypes.OciConfig, config)}},"layers":[{{string.Join(",", layers)}}]}"""));
    }

    /// <summary>Lists a manifest in the index.</summary>
    internal void List(byte[] manifest, string? name, string? platform = null, string mediaType = MediaTypes.OciManifest) =>
        ListRaw(Descriptor(mediaType, manifest, platform + Annotated(name)));

    internal void ListRaw(string descriptor)
    {
        _descriptors.Add(descriptor);
        WriteIndex();
    }

    /// <summary>Makes an image of one file, lists it, and returns its manifest's digest.</summary>
    internal string AddImage(string? name, string content, string? run = null)
    {
        byte[] manifest = AddManifest([LayerTar("file", content)], run);
        List(manifest, name);
        return Sha256(manifest);
    }

    internal static string PlatformOf(string architecture, string? variant = null) =>
        $",\"platform\":{{\"os\":\"linux\",\"architecture\":\"{architecture}\""
        + (variant is null ? "}" : $",\"variant\":\"{variant}\"}}");

    /// <summary>The layout as a tar.</summary>
    internal string ToArchive(string file)
    {
        TarFile.CreateFromDirectory(Path, file, includeBaseDirectory: false);
        return file;
    }

    private void WriteIndex() => File.WriteAllText(
        System.IO.Path.Combine(Path, "index.json"),
        $$"""{"schemaVersion":2,"manifests":[{{string.Join(",", _descriptors)}}]}""");
}
