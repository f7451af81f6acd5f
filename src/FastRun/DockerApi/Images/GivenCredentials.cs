using System;
using System.Text.Json;
using FastRun.Layers.Registry;

namespace FastRun.DockerApi.Images;

/// <summary>The credentials that a client sends with a request (Engine API, "Authentication"), for the registry it is about.</summary>
internal sealed class GivenCredentials : IRegistryCredentials
{
    private readonly RegistryCredential? _credential;

    private GivenCredentials(RegistryCredential? credential) => _credential = credential;

    /// <summary>Reads the header X-Registry-Auth: JSON in base64url. One that is not there, or empty, is anonymous: what the daemon's user has is not lent to clients.</summary>
    /// <exception cref="ApiException">It is not that.</exception>
    internal static GivenCredentials Of(ApiExchange exchange)
    {
        string header = exchange.Http.RequestHeaders["X-Registry-Auth"].ToString();
        if (header.Length == 0)
        {
            return new GivenCredentials(null);
        }

        try
        {
            using JsonDocument document = Decode(header);
            return new GivenCredentials(Read(document.RootElement));
        }
        catch (Exception e) when (e is FormatException or JsonException)
        {
            throw ApiException.Invalid("invalid X-Registry-Auth header: it must be JSON in base64url");
        }
    }

    /// <summary>JSON that a header has in base64url.</summary>
    /// <exception cref="FormatException">It is no base64.</exception>
    /// <exception cref="JsonException">It is no JSON.</exception>
    internal static JsonDocument Decode(string header)
    {
        string text = header.TrimEnd('=').Replace('-', '+').Replace('_', '/');
        return JsonDocument.Parse(Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '=')));
    }

    /// <summary>The credential of an AuthConfig; null for an anonymous one.</summary>
    internal static RegistryCredential? Read(JsonElement auth)
    {
        (string? user, string? password) = (auth.Text("username"), auth.Text("password"));
        (string? identity, string? token) = (auth.Text("identitytoken"), auth.Text("registrytoken"));
        return user is null && identity is null && token is null
            ? null
            : new RegistryCredential(user ?? "", password ?? "", identity) { RegistryToken = token };
    }

    /// <inheritdoc/>
    public RegistryCredential? Find(string registry) => _credential;
}
