using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.Fuzz.Targets;

/// <summary>What docker save and OCI archives hold, whole files as <c>load</c> gets them.</summary>
internal sealed class ArchiveTarget : FuzzTarget
{
    private static readonly byte[] s_layer = new TarBuilder().Directory("d/").File("d/f", "x").End();

    internal override string Name => "archive";

    internal override byte[] Generate(Random random)
    {
        string config = $$$"""{"architecture":"{{{Platform.Host.Architecture}}}","os":"linux","config":{"Env":["A=1"]},"rootfs":{"type":"layers","diff_ids":["{{{Hash(s_layer)}}}"]} }""";
        byte[] configBytes = random.Next(4) == 0 ? Mutation.Json(random, config) : Encoding.UTF8.GetBytes(config);
        TarBuilder tar = new();
        if (random.Next(2) == 0)
        {
            const string manifest = """[{"Config":"c.json","RepoTags":["it:1","x.test/it:2"],"Layers":["l/layer.tar"]}]""";
            Add(tar, "manifest.json", random.Next(2) == 0 ? Mutation.Json(random, manifest) : Encoding.UTF8.GetBytes(manifest));
            Add(tar, "c.json", configBytes);
            if (random.Next(3) == 0)
            {
                Add(tar, "other.tar", s_layer);
                tar.SymbolicLink("l/layer.tar", random.Next(2) == 0 ? "../other.tar" : "../../../../../etc/passwd");
            }
            else
            {
                Add(tar, "l/layer.tar", s_layer);
            }
        }
        else
        {
            string manifest = $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Hash(configBytes)}}","size":{{configBytes.Length}}},"layers":[{"mediaType":"{{MediaTypes.OciLayer}}","digest":"{{Hash(s_layer)}}","size":{{s_layer.Length}}}] }""";
            byte[] manifestBytes = random.Next(4) == 0 ? Mutation.Json(random, manifest) : Encoding.UTF8.GetBytes(manifest);
            string index = $$"""{"schemaVersion":2,"manifests":[{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{Hash(manifestBytes)}}","size":{{manifestBytes.Length}},"annotations":{"org.opencontainers.image.ref.name":"it"} } ] }""";
            Add(tar, "oci-layout", """{"imageLayoutVersion":"1.0.0"}"""u8.ToArray());
            Add(tar, "index.json", random.Next(3) == 0 ? Mutation.Json(random, index) : Encoding.UTF8.GetBytes(index));
            Add(tar, Blob(configBytes), configBytes);
            Add(tar, Blob(manifestBytes), manifestBytes);
            Add(tar, Blob(s_layer), s_layer);
        }

        byte[] archive = tar.End();
        if (random.Next(4) == 0)
        {
            int block = random.Next(archive.Length / 512) * 512;
            byte[] header = archive[block..(block + 512)];
            header[random.Next(345)] = (byte)random.Next(256);
            TarBuilder.Seal(header);
            header.CopyTo(archive, block);
        }

        return random.Next(4) == 0 ? Mutation.Bytes(random, archive) : archive;
    }

    internal override bool Run(byte[] input)
    {
        using FuzzState state = new();
        Directory.CreateDirectory(state.Layout.DataRoot);
        string file = Path.Combine(state.Layout.DataRoot, "archive.tar");
        File.WriteAllBytes(file, input);
        bool accepted = false;
        foreach (string transport in (ReadOnlySpan<string>)["oci-archive", "docker-archive"])
        {
            try
            {
                using ImageLease lease = new ImageStore(state.Layout).Open(ImageLocation.Parse($"{transport}:{file}"), null);
                Require(lease.Record.LayerIds.Count > 0, "an image without a layer");
                accepted = true;
            }
            catch (Exception refusal) when (refusal is CorruptContentException or ImageNotFoundException
                or PlatformNotFoundException or LayerException)
            {
                CheckMessage(refusal);
            }

            state.Check();
        }

        return accepted;
    }

    private static void Add(TarBuilder tar, string name, byte[] content) =>
        tar.Header(name, '0', size: content.Length).Raw(content).Pad();

    private static string Hash(byte[] content) => "sha256:" + Convert.ToHexStringLower(SHA256.HashData(content));

    private static string Blob(byte[] content) => "blobs/sha256/" + Hash(content)["sha256:".Length..];
}
