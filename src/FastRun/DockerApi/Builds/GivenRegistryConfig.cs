using System;
using System.Collections.Generic;
using System.Text.Json;
using FastRun.DockerApi.Images;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;

namespace FastRun.DockerApi.Builds;

/// <summary>The credentials that a client sends with a build, for any number of registries (Engine API, ImageBuild, X-Registry-Config).</summary>
internal sealed class GivenRegistryConfig : IRegistryCredentials
{
    private readonly Dictionary<string, RegistryCredential> _credentials = new(StringComparer.Ordinal);

    /// <summary>Reads the header: base64url of a JSON object that has an AuthConfig for each registry.</summary>
    /// <exception cref="ApiException">It is not that.</exception>
    internal static GivenRegistryConfig Of(ApiExchange exchange)
    {
        GivenRegistryConfig given = new();
        string header = exchange.Http.RequestHeaders["X-Registry-Config"].ToString();
        if (header.Length == 0)
        {
            return given;
        }

        try
        {
            using JsonDocument document = GivenCredentials.Decode(header);
            if (document.RootElement.ValueKind != JsonValueKind.Object)
            {
                throw new FormatException();
            }

            foreach (JsonProperty registry in document.RootElement.EnumerateObject())
            {
                if (GivenCredentials.Read(registry.Value) is { } credential)
                {
                    given._credentials[RegistryServer.OfKey(registry.Name).Host] = credential;
                }
            }

            return given;
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw ApiException.Invalid("invalid X-Registry-Config header: it must be a JSON object in base64url");
        }
    }

    /// <inheritdoc/>
    public RegistryCredential? Find(string registry) => _credentials.GetValueOrDefault(registry);
}
