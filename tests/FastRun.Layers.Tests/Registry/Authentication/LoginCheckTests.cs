using System;
using System.Linq;
using System.Text;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Registry.Authentication;

public sealed class LoginCheckTests
{
    private static readonly RegistryCredential s_credential = new("alice", "p:w");
    private static readonly string s_basic = "Basic " + Convert.ToBase64String("alice:p:w"u8);

    [Fact]
    public void Verify_NobodyAsks_SendsNoCredential()
    {
        using FaultyRegistry registry = new() { Answer = exchange => Respond(exchange, 200) };

        Assert.Null(Verify(registry));

        FaultyRequest request = Assert.Single(registry.Requests);
        Assert.Equal(("GET", "/v2/", ""), (request.Method, request.Path, request.Header("Authorization")));
    }

    [Fact]
    public void Verify_BasicChallenge_AnswersOnce()
    {
        using FaultyRegistry registry = new()
        {
            Answer = exchange => exchange.Request.Header("Authorization") == s_basic
                ? Respond(exchange, 200)
                : Respond(exchange, 401, "WWW-Authenticate: Basic realm=\"x\""),
        };

        Assert.Null(Verify(registry));
        Assert.Equal(2, registry.Requests.Count);

        RegistryException thrown = Assert.Throws<RegistryException>(() => Verify(registry, new RegistryCredential("alice", "wrong")));
        Assert.Equal(RegistryErrorKind.Unauthorized, thrown.Kind);
        Assert.Equal($"{registry.Authority}: login: authentication required", thrown.Message);
        Assert.Equal(4, registry.Requests.Count);
    }

    [Fact]
    public void Verify_TokenChallenge_AsksWithoutScopeForALastingToken()
    {
        using FaultyRegistry server = new() { Answer = exchange => Token(exchange, """{"token":"t","refresh_token":"lasting"}""") };
        using FaultyRegistry registry = Guarded(server, "t");

        Assert.Equal("lasting", Verify(registry));

        FaultyRequest question = Assert.Single(server.Requests);
        Assert.Equal("GET", question.Method);
        Assert.Equal(
            ["account=alice", "client_id=fastrun", "offline_token=true", "service=s"], question.Query.Split('&').Order(StringComparer.Ordinal));
        Assert.Equal(s_basic, question.Header("Authorization"));
        Assert.Equal(["", "Bearer t"], registry.Requests.Select(request => request.Header("Authorization")));
    }

    [Fact]
    public void Verify_IdentityToken_IsPostedToTheTokenServer()
    {
        using FaultyRegistry server = new() { Answer = exchange => Token(exchange, """{"access_token":"t"}""") };
        using FaultyRegistry registry = Guarded(server, "t");

        Assert.Null(Verify(registry, new RegistryCredential("alice", "", "lasting")));

        FaultyRequest question = Assert.Single(server.Requests);
        Assert.Equal(("POST", ""), (question.Method, question.Header("Authorization")));
        Assert.Contains("grant_type=refresh_token", question.Body, StringComparison.Ordinal);
        Assert.Contains("refresh_token=lasting", question.Body, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_RegistryToken_GoesToTheRegistryAsItIs()
    {
        using FaultyRegistry server = new() { Answer = exchange => Token(exchange, """{"token":"other"}""") };
        using FaultyRegistry registry = Guarded(server, "given");

        Assert.Null(Verify(registry, new RegistryCredential("", "") { RegistryToken = "given" }));

        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("""{"token":""}""", RegistryErrorKind.Protocol)]
    [InlineData("""{"token":"a b"}""", RegistryErrorKind.Protocol)]
    [InlineData("""[]""", RegistryErrorKind.Protocol)]
    [InlineData("""{"token":"refused"}""", RegistryErrorKind.Unauthorized)]
    public void Verify_NoUsefulToken_Fails(string answer, RegistryErrorKind kind)
    {
        using FaultyRegistry server = new() { Answer = exchange => Token(exchange, answer) };
        using FaultyRegistry registry = Guarded(server, "t");

        RegistryException thrown = Assert.Throws<RegistryException>(() => Verify(registry));

        Assert.Equal(kind, thrown.Kind);
        Assert.StartsWith($"{registry.Authority}: login: ", thrown.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Verify_TokenServerRefuses_SaysWhatItSaid()
    {
        using FaultyRegistry server = new()
        {
            Answer = exchange =>
            {
                exchange.RespondError(401, "UNAUTHORIZED", "incorrect username or password");
                return true;
            },
        };
        using FaultyRegistry registry = Guarded(server, "t");

        RegistryException thrown = Assert.Throws<RegistryException>(() => Verify(registry));

        Assert.Equal(RegistryErrorKind.Unauthorized, thrown.Kind);
        Assert.Equal($"{registry.Authority}: login: unauthorized: incorrect username or password", thrown.Message);
    }

    [Theory]
    [InlineData(403, RegistryErrorKind.Denied)]
    [InlineData(404, RegistryErrorKind.Protocol)]
    [InlineData(500, RegistryErrorKind.Unavailable)]
    public void Verify_OtherStatus_Fails(int status, RegistryErrorKind kind)
    {
        using FaultyRegistry registry = new() { Answer = exchange => Respond(exchange, status) };

        Assert.Equal(kind, Assert.Throws<RegistryException>(() => Verify(registry)).Kind);
    }

    [Fact]
    public void Verify_ChallengeThatNobodyKnows_IsUnauthorized()
    {
        using FaultyRegistry registry = new() { Answer = exchange => Respond(exchange, 401, "WWW-Authenticate: Negotiate") };

        Assert.Equal(RegistryErrorKind.Unauthorized, Assert.Throws<RegistryException>(() => Verify(registry)).Kind);
        Assert.Single(registry.Requests);
    }

    [Fact]
    public void Verify_RedirectToAnotherHost_GetsNoCredential()
    {
        using FaultyRegistry other = new() { Answer = exchange => Respond(exchange, 200) };
        using FaultyRegistry registry = new()
        {
            Answer = exchange => exchange.Request.Header("Authorization").Length > 0
                ? Respond(exchange, 307, "Location: " + other.Address + "/v2/")
                : Respond(exchange, 401, "WWW-Authenticate: Basic realm=\"x\""),
        };

        Verify(registry);

        Assert.Equal("", Assert.Single(other.Requests).Header("Authorization"));
    }

    private static FaultyRegistry Guarded(FaultyRegistry server, string token) => new()
    {
        Answer = exchange => exchange.Request.Header("Authorization") == "Bearer " + token
            ? Respond(exchange, 200)
            : Respond(exchange, 401, $"WWW-Authenticate: Bearer realm=\"{server.Address}/token\",service=\"s\""),
    };

    private static bool Token(FaultyExchange exchange, string document)
    {
        exchange.Respond(200, Encoding.UTF8.GetBytes(document), "Content-Type: application/json");
        return true;
    }

    private static bool Respond(FaultyExchange exchange, int status, params string[] fields)
    {
        exchange.Respond(status, [], fields);
        return true;
    }

    private static string? Verify(FaultyRegistry registry, RegistryCredential? credential = null) =>
        new LoginCheck(RegistryServer.Parse(registry.Authority), RegistryConfiguration.Default, TestRepository.Quick)
            .Verify(credential ?? s_credential);
}
