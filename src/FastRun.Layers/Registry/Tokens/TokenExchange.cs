using System;
using System.Collections.Generic;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry.Http;

namespace FastRun.Layers.Registry.Tokens;

/// <summary>
/// Turns a registry's challenge into what its next request carries: a name and a password (RFC 7617), or a token that the
/// server at the challenge's realm gives for them (distribution, "Token Authentication"; with an identity token, OAuth 2).
/// </summary>
internal sealed class TokenExchange(
    RegistryEndpoint endpoint, string? repository, HttpTransport transport, RegistryClientOptions options, bool pushes = false)
{
    private const int MaxToken = 64 << 10;
    private const string ClientId = "fastrun";

    /// <summary>The refresh token that came with the last token, of who logs in: no repository is asked for then.</summary>
    internal string? IdentityToken { get; private set; }

    /// <summary>What to send instead; null where the challenge cannot be met.</summary>
    /// <exception cref="RegistryException">The token server refuses, or is out.</exception>
    internal AuthenticationHeaderValue? Answer(RegistryRequest request, HttpResponseMessage refusal)
    {
        RegistryCredential? credential = options.Credentials.Find(endpoint.CredentialName);
        AuthenticationHeaderValue? basic = null;
        foreach (AuthenticationHeaderValue challenge in refusal.Headers.WwwAuthenticate)
        {
            if (challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase))
            {
                return new AuthenticationHeaderValue(
                    "Bearer", credential?.RegistryToken ?? FetchToken(request, challenge.Parameter, credential));
            }

            if (challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase)
                && credential is { IdentityToken: null, Username.Length: > 0 })
            {
                basic = Basic(credential);
            }
        }

        return basic;
    }

    private static AuthenticationHeaderValue Basic(RegistryCredential credential) => new(
        "Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credential.Username}:{credential.Password}")));

    private string FetchToken(RegistryRequest request, string? challenge, RegistryCredential? credential)
    {
        Dictionary<string, string> parameters = AuthChallenge.ParseParameters(challenge);
        Uri realm = RequireRealm(request, parameters.GetValueOrDefault("realm"));
        string server = $"{realm.Scheme}://{realm.Authority}";
        List<KeyValuePair<string, string>> fields = [];
        if (parameters.GetValueOrDefault("service") is { Length: > 0 } service)
        {
            fields.Add(new("service", service));
        }

        foreach (string scope in Scopes(request, parameters.GetValueOrDefault("scope") ?? ""))
        {
            fields.Add(new("scope", scope));
        }

        try
        {
            using HttpRequestMessage message = Question(realm, fields, credential);
            AuthenticationHeaderValue? basic =
                credential is { IdentityToken: null, Username.Length: > 0 } ? Basic(credential) : null;
            bool home = realm.Authority == endpoint.Address.Authority;
            bool verifies = home ? endpoint.VerifiesTls : options.Configuration.VerifiesTls(realm.Authority);
            using HttpResponseMessage response = Send(request.Subject, server, message, verifies, basic);
            if (!response.IsSuccessStatusCode)
            {
                throw ServerError.Describe(
                    request with { Noun = "token" },
                    repository is null ? null : $"{endpoint.CredentialName}/{repository}",
                    endpoint,
                    response);
            }

            byte[] body = ResponseBody.TryRead(response, ResponseBody.MaxMessage)
                ?? throw new RegistryException(
                    RegistryErrorKind.TooLarge, $"{request.Subject}: {server}: the token's document is larger than 1 MiB");
            if (repository is null)
            {
                IdentityToken = ParseToken(body, "refresh_token");
            }

            return ParseToken(body, "token", "access_token") ?? throw new RegistryException(
                RegistryErrorKind.Protocol, $"{request.Subject}: {server}: the answer holds no token");
        }
        catch (Exception e) when (TransportFault.Is(e))
        {
            throw TransportFault.Describe(request.Subject, server, e, options.Stop);
        }
    }

    /// <summary>What the token shall allow: what the challenge names, but of the repository itself all that this client may do.</summary>
    private List<string> Scopes(RegistryRequest request, string challenge)
    {
        List<string> scopes = [.. challenge.Split(' ', StringSplitOptions.RemoveEmptyEntries)];
        if (repository is null)
        {
            return scopes;
        }

        string own = $"repository:{endpoint.RepositoryPrefix}{repository}:";
        if (pushes)
        {
            scopes.RemoveAll(scope => scope.StartsWith(own, StringComparison.Ordinal));
            scopes.Insert(0, own + "pull,push");
        }
        else if (scopes.Count == 0)
        {
            scopes.Add(own + "pull");
        }

        scopes.AddRange(request.Scopes.Where(scope => !scopes.Contains(scope)));
        return scopes;
    }

    private HttpResponseMessage Send(
        string subject, string server, HttpRequestMessage message, bool verifiesTls, AuthenticationHeaderValue? basic)
    {
        try
        {
            return transport.Send(message, verifiesTls, basic);
        }
        catch (RegistryException e)
        {
            throw TransportFault.Describe(subject, server, e, options.Stop);
        }
    }

    /// <summary>Who comes with an identity token posts it; everybody else asks with a query, and a name and password if any.</summary>
    private HttpRequestMessage Question(
        Uri realm, List<KeyValuePair<string, string>> fields, RegistryCredential? credential)
    {
        if (credential?.IdentityToken is { } identity)
        {
            fields.Add(new("grant_type", "refresh_token"));
            fields.Add(new("client_id", ClientId));
            fields.Add(new("refresh_token", identity));
            return new HttpRequestMessage(HttpMethod.Post, realm) { Content = new FormUrlEncodedContent(fields) };
        }

        if (credential is { Username.Length: > 0 })
        {
            fields.Add(new("account", credential.Username));
            if (repository is null)
            {
                fields.Add(new("client_id", ClientId));
                fields.Add(new("offline_token", "true"));
            }
        }

        StringBuilder query = new(realm.Query.TrimStart('?'));
        foreach ((string key, string value) in fields)
        {
            query.Append(query.Length == 0 ? "" : "&").Append(key).Append('=').Append(Uri.EscapeDataString(value));
        }

        return new HttpRequestMessage(HttpMethod.Get, new UriBuilder(realm) { Query = query.ToString(), Fragment = "" }.Uri);
    }

    private Uri RequireRealm(RegistryRequest request, string? text)
    {
        if (!Uri.TryCreate(text, UriKind.Absolute, out Uri? realm)
            || (realm.Scheme != Uri.UriSchemeHttps && realm.Scheme != Uri.UriSchemeHttp)
            || realm.UserInfo.Length > 0)
        {
            throw new RegistryException(
                RegistryErrorKind.Protocol,
                $"{request.Subject}: {endpoint} names no token server that can be asked: {ReferenceGrammar.Quote(text ?? "")}");
        }

        return realm.Scheme == Uri.UriSchemeHttps || endpoint.Address.Scheme == Uri.UriSchemeHttp
            ? realm
            : throw new RegistryException(
                RegistryErrorKind.Insecure, $"{request.Subject}: refused: {endpoint} names a token server with plain http");
    }

    private static string? ParseToken(byte[] body, params ReadOnlySpan<string> keys)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = StrictJson.MaxDepth });
            foreach (string key in keys)
            {
                if (document.RootElement.ValueKind == JsonValueKind.Object
                    && document.RootElement.TryGetProperty(key, out JsonElement value)
                    && value.ValueKind == JsonValueKind.String
                    && value.GetString() is { Length: > 0 and <= MaxToken } token
                    && !token.AsSpan().ContainsAnyExceptInRange('!', '~'))
                {
                    return token;
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }

        return null;
    }
}
