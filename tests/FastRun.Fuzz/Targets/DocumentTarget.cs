using System;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;

namespace FastRun.Fuzz.Targets;

/// <summary>Manifests, indexes, configs and layout markers. The first byte of an input says which.</summary>
internal sealed class DocumentTarget : FuzzTarget
{
    private const string Digest = "sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

    private static readonly string[] s_documents =
    [
        $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciManifest}}","config":{"mediaType":"{{MediaTypes.OciConfig}}","digest":"{{Digest}}","size":4},"layers":[{"mediaType":"{{MediaTypes.OciLayer}}","digest":"{{Digest}}","size":5,"urls":["http://x"]}],"subject":null,"annotations":{"a":"b"} }""",
        $$"""{"schemaVersion":2,"mediaType":"{{MediaTypes.OciIndex}}","manifests":[{"mediaType":"{{MediaTypes.OciManifest}}","digest":"{{Digest}}","size":4,"platform":{"os":"linux","architecture":"arm","variant":"v7"},"annotations":{"a":"b\u0041"} } ] }""",
        $$$"""{"architecture":"amd64","os":"linux","created":"2024-01-02T03:04:05Z","config":{"Env":["A=1"],"Cmd":["a"],"Entrypoint":null,"Volumes":{"/v":{}},"ExposedPorts":{"80/tcp":{}},"Healthcheck":{"Test":["NONE"],"Interval":1},"Labels":{"a":"b"},"StopTimeout":3,"User":"0"},"rootfs":{"type":"layers","diff_ids":["{{{Digest}}}"]},"history":[{"created_by":"x","empty_layer":true}] }""",
        """{"imageLayoutVersion":"1.0.0"}""",
    ];

    internal override string Name => "document";

    internal override byte[] Generate(Random random)
    {
        int kind = random.Next(s_documents.Length);
        return [(byte)kind, .. Mutation.Json(random, s_documents[kind])];
    }

    internal override bool Run(byte[] input)
    {
        if (input.Length == 0)
        {
            return false;
        }

        byte[] document = input[1..];
        try
        {
            switch (input[0])
            {
                case 0 or 1:
                    ManifestDocument manifest = ManifestDocument.Parse(document, "it");
                    Require(manifest.IsIndex ? manifest.Layers.Count == 0 : manifest.Manifests.Count == 0, "both manifest and index");
                    foreach (Descriptor descriptor in (ReadOnlySpan<Descriptor>)[.. manifest.Layers, .. manifest.Manifests])
                    {
                        Require(descriptor.Size >= 0 && descriptor.Digest.Hex.Length >= 64, "a descriptor is wrong");
                    }

                    break;
                case 2:
                    ImageConfig config = ImageConfig.Parse(document, "it");
                    Require(config.DiffIds.Count == config.Rootfs!.DiffIds!.Count, "diff_ids got lost");
                    _ = config.CreatedAt;
                    break;
                default:
                    _ = LayoutMarker.ReadVersion(document, "it");
                    break;
            }

            return true;
        }
        catch (CorruptContentException refusal)
        {
            CheckMessage(refusal);
            return false;
        }
    }
}
