using System.Collections.Generic;
using System.Text.Json;
using System.Threading;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;

namespace FastRun.Engine.Images;

/// <summary>What a registry has under a name, without pulling it (Engine API, DistributionInspect).</summary>
/// <param name="MediaType">Of the manifest or index.</param>
/// <param name="Digest">Its digest.</param>
/// <param name="Size">Its length in bytes.</param>
/// <param name="Platforms">What it is for.</param>
public sealed record DistributionInspection(string MediaType, Digest Digest, long Size, IReadOnlyList<Platform> Platforms)
{
    /// <summary>Asks the registry.</summary>
    /// <param name="name">The image's name.</param>
    /// <param name="credentials">Whom to ask as.</param>
    /// <param name="stop">Ends it.</param>
    /// <exception cref="EngineException">It is no name, or the registry does not have it, does not show it, or is out.</exception>
    public static DistributionInspection Ask(string name, IRegistryCredentials credentials, CancellationToken stop) => EngineErrors.Translated(() =>
    {
        ImageReference reference = ImageReference.Parse(name);
        using RegistryClient registry = new(reference, RegistryAccess.Options(stop, credentials: credentials));
        ManifestResponse response = registry.FetchManifest(reference);
        ManifestDocument document = ManifestDocument.Parse(response.Bytes, reference.ToFamiliarString(), response.MediaType);
        List<Platform> platforms = [];
        foreach (Descriptor member in document.Manifests)
        {
            if (member.Platform is { } platform)
            {
                platforms.Add(platform);
            }
        }

        if (document.Config is { } config)
        {
            platforms.Add(Of(registry.FetchBlob(config), reference));
        }

        return new DistributionInspection(
            document.MediaType.Length > 0 ? document.MediaType : response.MediaType ?? "", response.Digest, response.Bytes.Length, platforms);
    });

    /// <summary>The platform that an image's configuration names; an artifact's may name none.</summary>
    private static Platform Of(byte[] config, ImageReference reference)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(config);
            return new Platform(
                Text(document.RootElement, "os"), Text(document.RootElement, "architecture"),
                Text(document.RootElement, "variant") is { Length: > 0 } variant ? variant : null);
        }
        catch (JsonException e)
        {
            throw new EngineException(ErrorKind.CorruptContent, $"{reference.ToFamiliarString()}: the image's configuration is no JSON", e);
        }
    }

    private static string Text(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
