using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Linq;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using System.Text.Json.Nodes;
using System.Web;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>
/// A token server as the distribution project specifies it: signed tokens (RFC 7519, ES256) that its registry verifies.
/// Anybody may pull from <c>public/</c>; one user may do everything.
/// </summary>
internal sealed class TokenServer : IDisposable
{
    internal const string Service = "registry.test";
    internal const string Issuer = "issuer.test";
    internal const string RefreshToken = "a-refresh-token";

    private readonly FaultyRegistry _server = new();
    private readonly ECDsa _key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
    private readonly X509Certificate2 _certificate;
    private readonly string _user;
    private readonly string _password;

    internal TokenServer(string user, string password)
    {
        (_user, _password) = (user, password);
        CertificateRequest request = new("CN=issuer.test", _key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        _certificate = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        _server.Answer = Answer;
    }

    /// <summary>The address that the registry sends its clients to.</summary>
    internal string Realm => _server.Address + "/token";

    /// <summary>The certificate that tokens are verified with, PEM.</summary>
    internal string Certificate => _certificate.ExportCertificatePem();

    /// <summary>Whether the server gives refresh tokens to who asks for them.</summary>
    internal bool GivesRefreshTokens { get; init; }

    /// <summary>How long tokens are good for; negative for ones that have expired.</summary>
    internal TimeSpan Lifetime { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>Each question so far: who asked, and for what scope.</summary>
    internal ConcurrentQueue<(string Who, string Scope)> Questions { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        _server.Dispose();
        _certificate.Dispose();
        _key.Dispose();
    }

    private bool Answer(FaultyExchange exchange)
    {
        FaultyRequest request = exchange.Request;
        var fields = HttpUtility.ParseQueryString(request.Method == "POST" ? request.Body : request.Query);
        string? who = request.Method == "POST"
            ? fields["grant_type"] == "refresh_token" && fields["refresh_token"] == RefreshToken ? _user : null
            : UserOf(request.Header("Authorization"));
        string scope = string.Join(' ', fields.GetValues("scope") ?? []);
        Questions.Enqueue((who ?? "(refused)", scope));
        if (who is null || fields["service"] != Service)
        {
            exchange.RespondError(401, "UNAUTHORIZED", "incorrect username or password");
            return true;
        }

        JsonObject answer = new() { ["token"] = Token(who, scope), ["expires_in"] = 300 };
        if (GivesRefreshTokens && who.Length > 0 && fields["offline_token"] == "true")
        {
            answer["refresh_token"] = RefreshToken;
        }

        exchange.Respond(200, Encoding.UTF8.GetBytes(answer.ToJsonString()), "Content-Type: application/json");
        return true;
    }

    /// <summary>The user of a header; empty for nobody, null for a wrong password.</summary>
    private string? UserOf(string authorization)
    {
        string right = "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{_user}:{_password}"));
        return authorization.Length == 0 ? "" : authorization == right ? _user : null;
    }

    private string Token(string who, string scopes)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        JsonArray access = [];
        foreach (string scope in scopes.Split(' ', StringSplitOptions.RemoveEmptyEntries))
        {
            string[] parts = scope.Split(':');
            IEnumerable<string> actions = parts[^1].Split(',')
                .Where(action => who == _user || (action == "pull" && parts[1].StartsWith("public/", StringComparison.Ordinal)));
            access.Add(new JsonObject
            {
                ["type"] = parts[0],
                ["name"] = string.Join(':', parts[1..^1]),
                ["actions"] = new JsonArray([.. actions.Select(action => (JsonNode)action)]),
            });
        }

        JsonObject header = new()
        {
            ["typ"] = "JWT",
            ["alg"] = "ES256",
            ["x5c"] = new JsonArray(Convert.ToBase64String(_certificate.RawData)),
        };
        JsonObject claims = new()
        {
            ["iss"] = Issuer,
            ["sub"] = who,
            ["aud"] = Service,
            ["nbf"] = now.AddHours(-1).ToUnixTimeSeconds(),
            ["iat"] = now.ToUnixTimeSeconds(),
            ["exp"] = now.Add(Lifetime).ToUnixTimeSeconds(),
            ["jti"] = Guid.NewGuid().ToString("N"),
            ["access"] = access,
        };
        string signed = Encode(Encoding.UTF8.GetBytes(header.ToJsonString())) + "." + Encode(Encoding.UTF8.GetBytes(claims.ToJsonString()));
        return signed + "." + Encode(_key.SignData(Encoding.ASCII.GetBytes(signed), HashAlgorithmName.SHA256));
    }

    private static string Encode(ReadOnlySpan<byte> bytes) => System.Buffers.Text.Base64Url.EncodeToString(bytes);
}
