using System;
using System.Linq;
using System.Text;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Registry.Tokens;

public sealed class TokenTests : IDisposable
{
    private readonly FaultyRegistry _registry = new();
    private readonly FaultyRegistry _tokens = new();
    private readonly byte[] _manifest = "{}"u8.ToArray();
    private string _valid = "token-1";
    private int _given;

    public TokenTests()
    {
        _registry.AddManifest(_manifest, MediaTypes.OciManifest, "1");
        _registry.Answer = RequireToken;
        _tokens.Answer = exchange =>
        {
            _given++;
            exchange.Respond(200, Encoding.UTF8.GetBytes($$"""{"token":"{{_valid}}","expires_in":300}"""));
            return true;
        };
    }

    public void Dispose()
    {
        _registry.Dispose();
        _tokens.Dispose();
    }

    [Fact]
    public void AnAnonymousClient_AsksForATokenOnce()
    {
        using RegistryClient client = _registry.Client();

        client.FetchManifest(_registry.Name());
        client.FetchManifest(_registry.Name());

        FaultyRequest request = Assert.Single(_tokens.Requests);
        Assert.Equal("GET", request.Method);
        Assert.Equal("service=the%20service&scope=repository%3Aapp%3Apull", request.Query);
        Assert.Equal("", request.Header("Authorization"));
        Assert.Equal(["", "Bearer token-1", "Bearer token-1"], _registry.Requests.Select(sent => sent.Header("Authorization")));
    }

    [Fact]
    public void APassword_GoesToTheTokenServerOnly()
    {
        using RegistryClient client = _registry.Client(
            credentials: new OneCredential(new RegistryCredential("me", "pässword")));

        client.FetchManifest(_registry.Name());

        FaultyRequest request = Assert.Single(_tokens.Requests);
        Assert.Equal(
            "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes("me:pässword")), request.Header("Authorization"));
        Assert.EndsWith("&account=me", request.Query, StringComparison.Ordinal);
        Assert.DoesNotContain(_registry.Requests, static sent => sent.Header("Authorization").StartsWith("Basic", StringComparison.Ordinal));
    }

    [Fact]
    public void AnIdentityToken_IsPosted()
    {
        using RegistryClient client = _registry.Client(
            credentials: new OneCredential(new RegistryCredential("", "", "the-identity")));

        client.FetchManifest(_registry.Name());

        FaultyRequest request = Assert.Single(_tokens.Requests);
        Assert.Equal("POST", request.Method);
        Assert.Contains("grant_type=refresh_token", request.Body, StringComparison.Ordinal);
        Assert.Contains("refresh_token=the-identity", request.Body, StringComparison.Ordinal);
        Assert.Equal("", request.Query);
    }

    [Fact]
    public void ATokenThatExpires_IsReplacedOnce()
    {
        using RegistryClient client = _registry.Client();
        client.FetchManifest(_registry.Name());
        _valid = "token-2";

        Assert.Equal(_manifest, client.FetchManifest(_registry.Name()).Bytes.ToArray());
        Assert.Equal(2, _given);
    }

    [Fact]
    public void ATokenThatIsNeverGoodEnough_IsNotAskedForAgainAndAgain()
    {
        _tokens.Answer = exchange =>
        {
            _given++;
            exchange.Respond(200, """{"access_token":"wrong"}"""u8.ToArray());
            return true;
        };
        using RegistryClient client = _registry.Client();

        RegistryException e = Assert.Throws<RegistryException>(() => client.FetchManifest(_registry.Name()));

        Assert.Equal(RegistryErrorKind.Unauthorized, e.Kind);
        Assert.StartsWith(
            $"pull access denied for {_registry.Authority}/app, repository does not exist or may require 'fastrun login': ",
            e.Message,
            StringComparison.Ordinal);
        Assert.Equal(1, _given);
    }

    [Theory]
    [InlineData("{}", RegistryErrorKind.Protocol, "the answer holds no token")]
    [InlineData("[", RegistryErrorKind.Protocol, "the answer holds no token")]
    [InlineData("""{"token":"two\r\nlines"}""", RegistryErrorKind.Protocol, "the answer holds no token")]
    [InlineData(null, RegistryErrorKind.TooLarge, "the token's document is larger than 1 MiB")]
    public void ATokenDocumentThatIsNone_IsRefused(string? body, RegistryErrorKind kind, string expected)
    {
        _tokens.Answer = exchange =>
        {
            exchange.Respond(200, body is null ? new byte[(1 << 20) + 1] : Encoding.UTF8.GetBytes(body));
            return true;
        };
        using RegistryClient client = _registry.Client();

        RegistryException e = Assert.Throws<RegistryException>(() => client.FetchManifest(_registry.Name()));

        Assert.Equal(kind, e.Kind);
        Assert.EndsWith(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARealmThatIsNoAddress_IsRefused()
    {
        _registry.Answer = static exchange =>
        {
            exchange.RespondError(401, "UNAUTHORIZED", "no", "WWW-Authenticate: Bearer realm=\"file:///etc/passwd\"");
            return true;
        };
        using RegistryClient client = _registry.Client();

        RegistryException e = Assert.Throws<RegistryException>(() => client.FetchManifest(_registry.Name()));

        Assert.Equal(RegistryErrorKind.Protocol, e.Kind);
        Assert.EndsWith("names no token server that can be asked: file:///etc/passwd", e.Message, StringComparison.Ordinal);
    }

    private bool RequireToken(FaultyExchange exchange)
    {
        if (exchange.Request.Header("Authorization") == "Bearer " + _valid)
        {
            return false;
        }

        exchange.RespondError(
            401,
            "UNAUTHORIZED",
            "authentication required",
            $"WWW-Authenticate: Bearer realm=\"{_tokens.Address}/token\",service=\"the service\",scope=\"repository:app:pull\"");
        return true;
    }
}
