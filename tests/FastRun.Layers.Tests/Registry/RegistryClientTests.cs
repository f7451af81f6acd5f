using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Linq;
using System.Text;
using System.Threading;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Registry;

public sealed class RegistryClientTests : IDisposable
{
    private readonly FaultyRegistry _registry = new();
    private readonly byte[] _manifest = "{}"u8.ToArray();

    public void Dispose() => _registry.Dispose();

    [Fact]
    public void FetchManifest_ByTag_GivesBytesTypeAndDigest()
    {
        string digest = _registry.AddManifest(_manifest, MediaTypes.OciManifest + "; charset=utf-8", "1");
        using RegistryClient client = _registry.Client();

        ManifestResponse response = client.FetchManifest(_registry.Name());

        Assert.Equal(_manifest, response.Bytes.ToArray());
        Assert.Equal(MediaTypes.OciManifest, response.MediaType);
        Assert.Equal(digest, response.Digest.ToString());
        FaultyRequest request = Assert.Single(_registry.Requests);
        Assert.Equal("/v2/app/manifests/1", request.Path);
        Assert.Contains(MediaTypes.DockerList, request.Header("Accept"), StringComparison.Ordinal);
        Assert.Equal("", request.Header("Authorization"));
    }

    [Fact]
    public void FetchManifest_ThatIsNotThere_SaysSoInDockersWords()
    {
        RegistryException e = Fails(client => client.FetchManifest(_registry.Name()));

        Assert.Equal(RegistryErrorKind.NotFound, e.Kind);
        Assert.Equal(
            $"manifest for {_registry.Authority}/app:1 not found: manifest unknown: not here", e.Message);
    }

    [Fact]
    public void FetchManifest_WithAnotherDigestThanAskedFor_IsRefused()
    {
        Digest wanted = Digest.Parse("sha256:" + new string('a', 64));
        _registry.Answer = exchange =>
        {
            exchange.Respond(200, _manifest);
            return true;
        };

        RegistryException e = Fails(client => client.FetchManifest(
            new ImageReference(_registry.Authority, "app", null, wanted)));

        Assert.Equal(RegistryErrorKind.DigestMismatch, e.Kind);
        Assert.EndsWith($"not {wanted}", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void FetchManifest_WithAnotherDigestThanTheHeaderSays_IsRefused()
    {
        _registry.Answer = exchange =>
        {
            exchange.Respond(200, _manifest, "Docker-Content-Digest: sha256:" + new string('b', 64));
            return true;
        };

        Assert.Equal(RegistryErrorKind.DigestMismatch, Fails(client => client.FetchManifest(_registry.Name())).Kind);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void FetchManifest_OfMoreThan4MiB_IsCutOff(bool saysItsLength)
    {
        byte[] block = new byte[1 << 20];
        _registry.Answer = exchange =>
        {
            exchange.Head(200, saysItsLength ? $"Content-Length: {5 << 20}" : "Connection: close");
            for (int i = 0; i < 5; i++)
            {
                exchange.Send(block);
            }

            exchange.Close();
            return true;
        };

        RegistryException e = Fails(client => client.FetchManifest(_registry.Name()));

        Assert.Equal(RegistryErrorKind.TooLarge, e.Kind);
        Assert.EndsWith("the manifest is larger than 4 MiB", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Errors_OfTheServer_AreEscapedAndCut()
    {
        _registry.Answer = exchange =>
        {
            exchange.RespondError(404, "MANIFEST_UNKNOWN", "\\u001b[31mred\\n" + new string('x', 2000));
            return true;
        };

        string message = Fails(client => client.FetchManifest(_registry.Name())).Message;

        Assert.DoesNotContain(message, char.IsControl);
        Assert.Contains("\\u001b[31mred\\u000a", message, StringComparison.Ordinal);
        Assert.True(message.Length < 500);
    }

    [Fact]
    public void Errors_WithAnOversizedBody_AreNotReadToTheEnd()
    {
        _registry.Answer = exchange =>
        {
            exchange.Respond(404, new byte[2 << 20]);
            return true;
        };

        Assert.EndsWith(
            "not found: manifest unknown", Fails(client => client.FetchManifest(_registry.Name())).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(500)]
    [InlineData(502)]
    [InlineData(503)]
    [InlineData(429)]
    public void TransientErrors_AreTriedAgain(int status)
    {
        _registry.AddManifest(_manifest, MediaTypes.OciManifest, "1");
        int count = 0;
        _registry.Answer = exchange =>
        {
            if (++count >= 5)
            {
                return false;
            }

            exchange.RespondError(status, "X", "later", "Retry-After: 0");
            return true;
        };
        using RegistryClient client = _registry.Client();

        Assert.Equal(_manifest, client.FetchManifest(_registry.Name()).Bytes.ToArray());
        Assert.Equal(5, count);
    }

    [Theory]
    [InlineData(500, RegistryErrorKind.Unavailable, 5)]
    [InlineData(429, RegistryErrorKind.TooManyRequests, 5)]
    [InlineData(403, RegistryErrorKind.Denied, 1)]
    [InlineData(401, RegistryErrorKind.Unauthorized, 1)]
    [InlineData(418, RegistryErrorKind.Protocol, 1)]
    public void Errors_ThatStay_AreTriedFiveTimesAtMost(int status, RegistryErrorKind kind, int attempts)
    {
        _registry.Answer = exchange =>
        {
            exchange.RespondError(status, "CODE", "no");
            return true;
        };

        RegistryException e = Fails(client => client.FetchManifest(_registry.Name()));

        Assert.Equal(kind, e.Kind);
        Assert.Equal(attempts, _registry.Requests.Count);
        Assert.EndsWith("code: no", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void RetryAfter_IsWaitedFor()
    {
        _registry.AddManifest(_manifest, MediaTypes.OciManifest, "1");
        int count = 0;
        _registry.Answer = exchange =>
        {
            if (count++ > 0)
            {
                return false;
            }

            exchange.RespondError(429, "TOOMANYREQUESTS", "slowly", "Retry-After: 1");
            return true;
        };
        using RegistryClient client = _registry.Client(
            TestRepository.Quick with { LongestDelay = TimeSpan.FromSeconds(60) });
        Stopwatch watch = Stopwatch.StartNew();

        client.FetchManifest(_registry.Name());

        Assert.True(watch.Elapsed >= TimeSpan.FromSeconds(0.99), watch.Elapsed.ToString());
    }

    [Fact]
    public void RetryAfter_OfAnHour_IsCapped()
    {
        _registry.AddManifest(_manifest, MediaTypes.OciManifest, "1");
        int count = 0;
        _registry.Answer = exchange =>
        {
            if (count++ > 0)
            {
                return false;
            }

            exchange.RespondError(429, "TOOMANYREQUESTS", "much later", "Retry-After: 3600");
            return true;
        };
        using RegistryClient client = _registry.Client();

        Assert.Equal(_manifest, client.FetchManifest(_registry.Name()).Bytes.ToArray());
        Assert.Equal(TimeSpan.FromSeconds(60), new RegistryTimeouts().LongestDelay);
    }

    [Fact]
    public void ARefusedConnection_FailsAtOnceAndNamesTheRegistry()
    {
        string authority = _registry.Authority;
        _registry.Dispose();
        using RegistryClient client = _registry.Client();

        RegistryException e = Assert.Throws<RegistryException>(
            () => client.FetchManifest(ImageReference.Parse(authority + "/app:1")));

        Assert.Equal(RegistryErrorKind.Unavailable, e.Kind);
        Assert.Equal($"{authority}/app:1: http://{authority}: connection refused", e.Message);
    }

    [Fact]
    public void AStalledAnswer_IsGivenUp()
    {
        _registry.Answer = static exchange =>
        {
            exchange.Stall();
            return true;
        };

        RegistryException e = Fails(
            client => client.FetchManifest(_registry.Name()),
            TestRepository.Quick with { Progress = TimeSpan.FromMilliseconds(200), Attempts = 2 });

        Assert.Equal(RegistryErrorKind.Unavailable, e.Kind);
        Assert.EndsWith("stalled: no byte came for too long", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ADrippingAnswer_IsGivenUp()
    {
        _registry.Answer = static exchange =>
        {
            exchange.Head(200, "Content-Length: 1000000");
            exchange.Drip(new byte[1_000_000]);
            return true;
        };

        RegistryException e = Fails(
            client => client.FetchManifest(_registry.Name()),
            TestRepository.Quick with { Progress = TimeSpan.FromSeconds(1), Attempts = 2 });

        Assert.Equal(RegistryErrorKind.Unavailable, e.Kind);
        // On a busy machine the server itself may stall.
        Assert.Contains(": stalled: ", e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Stop_BreaksWhatIsWaitedFor()
    {
        using CancellationTokenSource stop = new();
        _registry.Answer = exchange =>
        {
            stop.Cancel();
            exchange.Stall();
            return true;
        };
        using RegistryClient client = _registry.Client(stop: stop.Token);

        Assert.ThrowsAny<OperationCanceledException>(() => client.FetchManifest(_registry.Name()));
    }

    [Fact]
    public void ResolveDigest_AsksWithoutTheManifest()
    {
        string digest = _registry.AddManifest(_manifest, MediaTypes.OciManifest, "1");
        using RegistryClient client = _registry.Client();

        Assert.Equal(digest, client.ResolveDigest(_registry.Name()).ToString());
        Assert.Equal("HEAD", Assert.Single(_registry.Requests).Method);
    }

    [Fact]
    public void FetchBlob_WithAnotherDigest_IsRefused()
    {
        byte[] content = TestRepository.Content(1000);
        Descriptor blob = _registry.Blob(content);
        _registry.Answer = exchange =>
        {
            exchange.Respond(200, TestRepository.Content(1000)[..999].Append((byte)0).ToArray());
            return true;
        };

        Assert.Equal(RegistryErrorKind.DigestMismatch, Fails(client => client.FetchBlob(blob)).Kind);
    }

    [Fact]
    public void FetchBlob_OfMoreThan4MiB_AsksNothing()
    {
        Descriptor blob = new(MediaTypes.OciConfig, Digest.Parse("sha256:" + new string('a', 64)), (4 << 20) + 1);

        Assert.Equal(RegistryErrorKind.TooLarge, Fails(client => client.FetchBlob(blob)).Kind);
        Assert.Empty(_registry.Requests);
    }

    [Fact]
    public void ListTags_FollowsTheLinks()
    {
        _registry.Answer = static exchange =>
        {
            bool first = !exchange.Request.Query.Contains("last=b", StringComparison.Ordinal);
            exchange.Respond(
                200,
                Encoding.UTF8.GetBytes(first ? """{"name":"app","tags":["a","b"]}""" : """{"name":"app","tags":["c"]}"""),
                first ? "Link: </v2/app/tags/list?n=1000&last=b>; rel=\"next\"" : "X: y");
            return true;
        };
        using RegistryClient client = _registry.Client();

        Assert.Equal(["a", "b", "c"], client.ListTags());
        Assert.All(_registry.Requests, static request => Assert.Equal("/v2/app/tags/list", request.Path));
    }

    [Theory]
    [InlineData("""{"tags":["../x"]}""", "the list holds an invalid tag: ../x")]
    [InlineData("""{"tags":1}""", "the list of tags is malformed")]
    [InlineData("nothing", "the list of tags is malformed")]
    public void ListTags_OfAMalformedList_IsRefused(string body, string expected)
    {
        _registry.Answer = exchange =>
        {
            exchange.Respond(200, Encoding.UTF8.GetBytes(body));
            return true;
        };

        RegistryException e = Fails(client => client.ListTags());

        Assert.Equal(RegistryErrorKind.Protocol, e.Kind);
        Assert.EndsWith(expected, e.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void ListTags_ThatNeverEnds_IsRefused()
    {
        _registry.Answer = static exchange =>
        {
            exchange.Respond(200, """{"tags":["a"]}"""u8.ToArray(), "Link: </v2/app/tags/list?n=1000&last=a>; rel=\"next\"");
            return true;
        };

        Assert.EndsWith(
            "the list of tags does not end", Fails(client => client.ListTags()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void APlainRegistryThatResetsTheTlsHandshake_IsAskedWithHttpAtOnce()
    {
        _registry.AddManifest(_manifest, MediaTypes.OciManifest, "1");
        _registry.ResetsTls = true;
        using RegistryClient client = _registry.Client();

        Assert.Equal(_manifest, client.FetchManifest(_registry.Name()).Bytes.ToArray());
        Assert.Equal(1, _registry.TlsResets);
    }

    [Fact]
    public void AMirrorThatIsOut_IsPassedOver()
    {
        _registry.AddManifest(_manifest, MediaTypes.OciManifest, "1");
        using FaultyRegistry gone = new();
        string mirror = gone.Address;
        gone.Dispose();
        using RegistryClient client = _registry.Client(configuration: Mirrored(mirror));

        Assert.Equal(_manifest, client.FetchManifest(_registry.Name()).Bytes.ToArray());
    }

    [Theory]
    [InlineData(404)]
    [InlineData(401)]
    [InlineData(403)]
    [InlineData(500)]
    public void AMirrorThatFails_IsPassedOver(int status)
    {
        _registry.AddManifest(_manifest, MediaTypes.OciManifest, "1");
        using FaultyRegistry mirror = new();
        mirror.Answer = exchange =>
        {
            exchange.RespondError(status, "X", "no");
            return true;
        };
        using RegistryClient client = _registry.Client(configuration: Mirrored(mirror.Address));

        Assert.Equal(_manifest, client.FetchManifest(_registry.Name()).Bytes.ToArray());
        Assert.NotEmpty(mirror.Requests);
    }

    [Fact]
    public void AMirrorWithAWrongManifest_IsPassedOver()
    {
        Digest digest = Digest.Parse(_registry.AddManifest(_manifest, MediaTypes.OciManifest));
        using FaultyRegistry mirror = new();
        mirror.Answer = static exchange =>
        {
            exchange.Respond(200, "{ }"u8.ToArray());
            return true;
        };
        using RegistryClient client = _registry.Client(configuration: Mirrored(mirror.Address));

        Assert.Equal(
            _manifest,
            client.FetchManifest(new ImageReference(_registry.Authority, "app", null, digest)).Bytes.ToArray());
    }

    [Fact]
    public void AMirror_IsAskedFirstAndBelowItsPrefix()
    {
        using FaultyRegistry mirror = new();
        mirror.AddManifest(_manifest, MediaTypes.OciManifest, "1");
        using RegistryClient client = _registry.Client(configuration: Mirrored(mirror.Address + "/hub"));

        client.FetchManifest(_registry.Name());

        Assert.Equal("/v2/hub/app/manifests/1", Assert.Single(mirror.Requests).Path);
        Assert.Empty(_registry.Requests);
    }

    private RegistryConfiguration Mirrored(string mirror) => new(new Dictionary<string, RegistrySettings>
    {
        [_registry.Authority] = new([new Uri(mirror)], IsInsecure: true),
    });

    private RegistryException Fails(Action<RegistryClient> action, RegistryTimeouts? timeouts = null)
    {
        using RegistryClient client = _registry.Client(timeouts);
        return Assert.Throws<RegistryException>(() => action(client));
    }
}
