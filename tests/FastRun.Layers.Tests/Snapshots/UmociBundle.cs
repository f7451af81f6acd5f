using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Snapshots;

/// <summary>What umoci makes of the same tars: the peer that says what a merged image is.</summary>
internal static class UmociBundle
{
    internal static Fd Unpack(TemporaryState state, IReadOnlyList<byte[]> tars)
    {
        string layout = Path.Combine(state.Path, "layout");
        Directory.CreateDirectory(Path.Combine(layout, "blobs/sha256"));
        File.WriteAllText(Path.Combine(layout, "oci-layout"), """{"imageLayoutVersion":"1.0.0"}""");
        string layers = string.Join(',', tars.Select(tar =>
            Descriptor(layout, "application/vnd.oci.image.layer.v1.tar", tar)));
        string diffIds = string.Join(',', tars.Select(static tar => $"\"sha256:{Hex(tar)}\""));
        string config = Descriptor(layout, "application/vnd.oci.image.config.v1+json", Encoding.UTF8.GetBytes(
            $$$"""{"architecture":"amd64","os":"linux","config":{},"rootfs":{"type":"layers","diff_ids":[{{{diffIds}}}] } }"""));
        string manifest = Descriptor(layout, "application/vnd.oci.image.manifest.v1+json", Encoding.UTF8.GetBytes(
            $$"""{"schemaVersion":2,"config":{{config}},"layers":[{{layers}}] }"""));
        File.WriteAllText(
            Path.Combine(layout, "index.json"),
            $$"""{"schemaVersion":2,"manifests":[{{manifest[..^1]}},"annotations":{"org.opencontainers.image.ref.name":"it"} } ] }""");

        string bundle = Path.Combine(state.Path, "bundle");
        TestCommand.Run("umoci", "unpack", "--image", layout + ":it", bundle);
        return FileAt.Open(null, Path.Combine(bundle, "rootfs"), OpenFlags.Read | OpenFlags.Directory);
    }

    private static string Descriptor(string layout, string mediaType, byte[] content)
    {
        string hex = Hex(content);
        File.WriteAllBytes(Path.Combine(layout, "blobs/sha256", hex), content);
        return $$"""{"mediaType":"{{mediaType}}","digest":"sha256:{{hex}}","size":{{content.Length}}}""";
    }

    private static string Hex(byte[] content) => Convert.ToHexStringLower(SHA256.HashData(content));
}
