using System;
using System.Linq;
using System.Text;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Registry;

/// <summary>Who sees credentials, and who does not (CVE-2020-15157).</summary>
public sealed class RedirectTests : IDisposable
{
    private readonly FaultyRegistry _registry = new();
    private readonly FaultyRegistry _storage = new();
    private readonly byte[] _content = TestRepository.Content(10_000);

    public void Dispose()
    {
        _registry.Dispose();
        _storage.Dispose();
    }

    [Fact]
    public void ARedirectToAnotherHost_LeavesTheCredentialsBehind()
    {
        _storage.AddBlob(_content);
        _registry.Answer = exchange => Basic(exchange) || RedirectBlob(exchange, _storage.Address + exchange.Request.Path);

        Assert.Equal(_content, Fetch());
        Assert.Equal("", Assert.Single(_storage.Requests).Header("Authorization"));
        Assert.Equal("Basic " + Base64("me:secret"), _registry.Requests.Last().Header("Authorization"));
    }

    [Fact]
    public void AChallengeBehindARedirect_IsNotAnswered()
    {
        _registry.Answer = exchange => Basic(exchange) || RedirectBlob(exchange, _storage.Address + exchange.Request.Path);
        _storage.Answer = static exchange =>
        {
            exchange.RespondError(401, "UNAUTHORIZED", "who?", "WWW-Authenticate: Basic realm=\"x\"");
            return true;
        };

        Assert.Equal(RegistryErrorKind.Unauthorized, Assert.Throws<RegistryException>(Fetch).Kind);
        Assert.All(_storage.Requests, static request => Assert.Equal("", request.Header("Authorization")));
    }

    [Fact]
    public void ARedirectWithinTheRegistry_KeepsThem()
    {
        _registry.AddBlob(_content);
        _registry.Answer = exchange => Basic(exchange)
            || (exchange.Request.Query.Length == 0 && RedirectBlob(exchange, exchange.Request.Path + "?again"));

        Assert.Equal(_content, Fetch());
        Assert.NotEqual("", _registry.Requests.Last().Header("Authorization"));
    }

    [Theory]
    [InlineData("ftp://127.0.0.1/x", "a redirect leads to something else than http")]
    [InlineData("http://user:password@127.0.0.1/x", "a redirect holds a user name")]
    public void ARedirectThatNobodyShouldFollow_IsRefused(string target, string expected)
    {
        _registry.Answer = exchange => RedirectBlob(exchange, target);

        RegistryException e = Assert.Throws<RegistryException>(Fetch);

        Assert.EndsWith(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ARedirectInACircle_Ends()
    {
        _registry.Answer = static exchange => RedirectBlob(exchange, exchange.Request.Path);

        Assert.EndsWith("more than 10 redirects", Assert.Throws<RegistryException>(Fetch).Message, StringComparison.Ordinal);
        Assert.Equal(11, _registry.Requests.Count);
    }

    [Fact]
    public void AResume_AsksTheRegistryAnew()
    {
        _storage.AddBlob(_content);
        int count = 0;
        _registry.Answer = exchange => RedirectBlob(exchange, _storage.Address + exchange.Request.Path);
        _storage.Answer = exchange =>
        {
            if (count++ > 0)
            {
                return false;
            }

            exchange.Head(200, $"Content-Length: {_content.Length}");
            exchange.Send(_content.AsSpan(0, 5000));
            exchange.Close();
            return true;
        };

        Assert.Equal(_content, Fetch());
        Assert.Equal(2, _registry.Requests.Count);
        Assert.Equal("bytes=5000-", _storage.Requests.Last().Header("Range"));
    }

    [Fact]
    public void AForeignLayer_IsFetchedFromItsAddressWithoutCredentials()
    {
        _storage.AddBlob(_content);
        _registry.Answer = Basic;
        Descriptor blob = Foreign(_storage.Address + "/v2/any/blobs/" + FaultyRegistry.DigestOf(_content));

        Assert.Equal(_content, Fetch(blob));
        Assert.Equal("", Assert.Single(_storage.Requests).Header("Authorization"));
    }

    [Fact]
    public void AForeignLayerThatTheRegistryHas_IsTakenFromThere()
    {
        _registry.AddBlob(_content);

        Assert.Equal(_content, Fetch(Foreign(_storage.Address + "/x")));
        Assert.Empty(_storage.Requests);
    }

    private static bool RedirectBlob(FaultyExchange exchange, string target)
    {
        exchange.Respond(307, [], "Location: " + target);
        return true;
    }

    private static string Base64(string text) => Convert.ToBase64String(Encoding.UTF8.GetBytes(text));

    /// <summary>Wants a name and a password.</summary>
    private static bool Basic(FaultyExchange exchange)
    {
        if (exchange.Request.Header("Authorization") == "Basic " + Base64("me:secret"))
        {
            return false;
        }

        exchange.RespondError(401, "UNAUTHORIZED", "who?", "WWW-Authenticate: Basic realm=\"registry\"");
        return true;
    }

    private Descriptor Foreign(string url) =>
        new("application/vnd.oci.image.layer.nondistributable.v1.tar", Digest.Parse(FaultyRegistry.DigestOf(_content)), _content.Length)
        {
            Urls = [url],
        };

    private byte[] Fetch() => Fetch(
        new Descriptor(MediaTypes.OciLayer, Digest.Parse(FaultyRegistry.DigestOf(_content)), _content.Length));

    private byte[] Fetch(Descriptor blob)
    {
        using RegistryClient client = _registry.Client(credentials: new OneCredential(new RegistryCredential("me", "secret")));
        return client.FetchBlob(blob);
    }
}
