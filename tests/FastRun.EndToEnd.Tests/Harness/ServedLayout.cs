using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>Gives what a layout holds to the registry that counts and misbehaves.</summary>
internal static class ServedLayout
{
    private const string RefName = "org.opencontainers.image.ref.name";

    /// <summary>Adds all manifests, by digest and by the tags of the layout's index, and all blobs.</summary>
    internal static void Add(this FaultyRegistry registry, OciLayout layout)
    {
        JsonNode index = JsonNode.Parse(File.ReadAllText(Path.Combine(layout.Directory, "index.json")))!;
        foreach (JsonNode? descriptor in index["manifests"]!.AsArray())
        {
            AddManifest(registry, layout, descriptor!);
        }

        foreach (string blob in Directory.GetFiles(Path.Combine(layout.Directory, "blobs", "sha256")))
        {
            registry.AddBlob(File.ReadAllBytes(blob));
        }
    }

    /// <summary>The digests of the blobs that were asked for, one for each request.</summary>
    internal static string[] BlobsFetched(this FaultyRegistry registry) =>
        [.. registry.Requests.Where(request => request.Path.Contains("/blobs/")).Select(request => Path.GetFileName(request.Path))];

    private static void AddManifest(FaultyRegistry registry, OciLayout layout, JsonNode descriptor)
    {
        byte[] content = File.ReadAllBytes(layout.BlobPath((string)descriptor["digest"]!));
        registry.AddManifest(content, (string)descriptor["mediaType"]!, (string?)descriptor["annotations"]?[RefName]);
        foreach (JsonNode? nested in JsonNode.Parse(content)!["manifests"]?.AsArray() ?? [])
        {
            AddManifest(registry, layout, nested!);
        }
    }
}
