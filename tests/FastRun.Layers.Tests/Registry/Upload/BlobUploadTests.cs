using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Upload;
using FastRun.TestRegistry;

namespace FastRun.Layers.Tests.Registry.Upload;

/// <summary>Uploads to a registry that fails, forgets and lies.</summary>
public sealed class BlobUploadTests : IDisposable
{
    private static readonly byte[] s_content = TestRepository.Content(3_000_000);
    private static readonly string s_digest = FaultyRegistry.DigestOf(s_content);

    private readonly FaultyRegistry _registry = new();

    public void Dispose() => _registry.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Send_NothingBreaks_ThreeRequests(bool isKnown)
    {
        Assert.Equal((s_digest, s_content.Length), Send(isKnown));
        Assert.Equal(["POST", "PATCH", "PUT"], Methods());
        Assert.Equal(s_content, _registry.Blob(s_digest));
        FaultyRequest patch = _registry.Requests.Single(static request => request.Method == "PATCH");
        Assert.Equal(isKnown ? $"0-{s_content.Length - 1}" : "", patch.Header("Content-Range"));
        Assert.Equal(isKnown ? "" : "chunked", patch.Header("Transfer-Encoding"));
    }

    [Fact]
    public void Send_SmallBlob_GoesWithTheLastRequest()
    {
        byte[] config = "{}"u8.ToArray();
        Digest digest = Digest.Parse(FaultyRegistry.DigestOf(config));
        using RegistryClient client = _registry.Client(pushes: true);
        Assert.Equal((digest, 2), new BlobUpload(client, new BytesSource(digest, config), "config", null, static _ => { }).Send());
        Assert.Equal(["POST", "PUT"], Methods());
        Assert.Equal(config, _registry.Blob(digest.ToString()));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(true, 2_000_000)]
    [InlineData(false, 2_000_000)]
    public void Send_ConnectionBreaks_GoesOnWhereTheRegistryIs(bool isKnown, int at)
    {
        int breaks = 0;
        _registry.BodyLimit = request => request.Method == "PATCH" && Interlocked.Increment(ref breaks) == 1 ? at : null;
        Assert.Equal((s_digest, s_content.Length), Send(isKnown));
        Assert.Equal(s_content, _registry.Blob(s_digest));
        FaultyRequest[] sent = [.. _registry.Requests.Where(static request => request.Method == "PATCH")];
        // One byte cannot be told from none.
        Assert.Equal(at > 1 ? s_content.Length - at : s_content.Length, sent[^1].Content.Length);
        Assert.Equal(isKnown && at > 1 ? $"{at}-{s_content.Length - 1}" : isKnown ? $"0-{s_content.Length - 1}" : "", sent[^1].Header("Content-Range"));
    }

    [Fact]
    public void Send_ConnectionBreaksAndTheRegistryForgets_BeginsAnew()
    {
        int breaks = 0;
        _registry.Uploads.ForgetsBroken = true;
        _registry.BodyLimit = request => request.Method == "PATCH" && Interlocked.Increment(ref breaks) <= 2 ? 1_500_000 : null;
        Assert.Equal((s_digest, s_content.Length), Send(isKnown: false));
        Assert.Equal(3, _registry.Uploads.Begun);
        Assert.Equal(s_content, _registry.Blob(s_digest));
    }

    [Fact]
    public void Send_ConnectionAlwaysBreaks_GivesUpAndNothingIsThere()
    {
        _registry.Uploads.ForgetsBroken = true;
        _registry.BodyLimit = static request => request.Method == "PATCH" ? 1000 : null;
        RegistryException thrown = Assert.Throws<RegistryException>(() => Send(isKnown: true));
        Assert.Equal(RegistryErrorKind.Unavailable, thrown.Kind);
        Assert.Equal(5, _registry.Uploads.Begun);
        Assert.Null(_registry.Blob(s_digest));
    }

    [Theory]
    [InlineData(500, "POST")]
    [InlineData(503, "PATCH")]
    [InlineData(502, "PUT")]
    [InlineData(429, "POST")]
    [InlineData(429, "PATCH")]
    [InlineData(429, "PUT")]
    [InlineData(404, "PATCH")]
    [InlineData(404, "PUT")]
    [InlineData(416, "PATCH")]
    [InlineData(400, "PUT")]
    public void Send_OneErrorAnswer_IsTriedAgain(int status, string method)
    {
        int errors = 0;
        _registry.Answer = exchange => exchange.Request.Method == method && Interlocked.Increment(ref errors) == 1
            && Respond(() => exchange.RespondError(status, "SOMETHING", "is wrong", "Retry-After: 0"));
        Assert.Equal((s_digest, s_content.Length), Send(isKnown: false));
        Assert.Equal(s_content, _registry.Blob(s_digest));
    }

    [Theory]
    [InlineData(500, RegistryErrorKind.Unavailable)]
    [InlineData(429, RegistryErrorKind.TooManyRequests)]
    [InlineData(404, RegistryErrorKind.NotFound)]
    [InlineData(400, RegistryErrorKind.Protocol)]
    public void Send_ErrorAnswersForEver_Fails(int status, RegistryErrorKind kind)
    {
        _registry.Answer = exchange => exchange.Request.Method == "PUT"
            && Respond(() => exchange.RespondError(status, "SOMETHING", "is wrong", "Retry-After: 0"));
        RegistryException thrown = Assert.Throws<RegistryException>(() => Send(isKnown: true));
        Assert.Equal(kind, thrown.Kind);
        Assert.Contains("something: is wrong", thrown.Message, StringComparison.Ordinal);
        Assert.Equal(5, _registry.Requests.Count(static request => request.Method == "PUT"));
    }

    [Theory]
    [InlineData(401)]
    [InlineData(403)]
    public void Send_Refused_DockersWordsAtOnce(int status)
    {
        _registry.Answer = exchange => exchange.Request.Method == "POST" && Respond(() => exchange.RespondError(status, "DENIED", "no"));
        RegistryException thrown = Assert.Throws<RegistryException>(() => Send(isKnown: true));
        Assert.StartsWith($"push access denied for {_registry.Authority}/app, repository does not exist", thrown.Message, StringComparison.Ordinal);
        Assert.Single(_registry.Requests);
    }

    [Fact]
    public void Send_TheLastAnswerIsLost_TheBlobIsFoundThere()
    {
        _registry.Answer = exchange => exchange.Request.Method == "PUT" && Respond(() =>
        {
            _registry.AddBlob(s_content);
            exchange.Reset();
        });
        Assert.Equal((s_digest, s_content.Length), Send(isKnown: false));
        Assert.Single(_registry.Requests, static request => request.Method == "PUT");
    }

    [Fact]
    public void Send_AnswerOfTheStreamIsLost_OnlyTheEndIsLeft()
    {
        int answers = 0;
        _registry.Answer = exchange =>
        {
            if (exchange.Request.Method != "PATCH" || Interlocked.Increment(ref answers) > 1)
            {
                return false;
            }

            _registry.Uploads.Keep(exchange.Request);
            exchange.Reset();
            return true;
        };
        Assert.Equal((s_digest, s_content.Length), Send(isKnown: false));
        Assert.Single(_registry.Requests, static request => request.Method == "PATCH");
        Assert.Equal(s_content, _registry.Blob(s_digest));
    }

    [Fact]
    public void Send_RegistrySaysAnotherDigest_NeverSuccess()
    {
        _registry.Answer = exchange => exchange.Request.Method == "PUT" && Respond(() =>
            exchange.Respond(201, [], "Location: /x", "Docker-Content-Digest: " + FaultyRegistry.DigestOf([1])));
        RegistryException thrown = Assert.Throws<RegistryException>(() => Send(isKnown: true));
        Assert.Equal(RegistryErrorKind.DigestMismatch, thrown.Kind);
        Assert.Single(_registry.Requests, static request => request.Method == "PUT");
    }

    [Fact]
    public void Send_RegistryClaimsToHaveIt_IsAsked()
    {
        _registry.Answer = static exchange => exchange.Request.Method == "PUT" && Respond(() => exchange.Respond(201, [], "Location: /x"));
        RegistryException thrown = Assert.Throws<RegistryException>(() => Send(isKnown: true));
        Assert.Contains("says that it has the blob, but does not have it", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("0-99")]
    [InlineData("0-9223372036854775807")]
    [InlineData("0-4000000")]
    public void Send_RegistryStatesAnotherRange_GoesOnOrBeginsAnew(string range)
    {
        int lies = 0;
        _registry.Answer = exchange => exchange.Request.Method == "PATCH" && Interlocked.Increment(ref lies) == 1
            && Respond(() => exchange.Respond(202, [], $"Location: {exchange.Request.Path}", $"Range: {range}"));
        Assert.Equal((s_digest, s_content.Length), Send(isKnown: true));
        Assert.Equal(s_content, _registry.Blob(s_digest));
    }

    [Fact]
    public void Send_LocationOnAnotherHost_GoesThereWithoutCredentials()
    {
        using FaultyRegistry other = new();
        _registry.Answer = exchange =>
        {
            if (exchange.Request.Header("Authorization").Length == 0)
            {
                exchange.Respond(401, [], "WWW-Authenticate: Basic realm=\"r\"");
                return true;
            }

            return false;
        };
        _registry.Uploads.Location = path => other.Address + path;
        other.Answer = exchange => exchange.Request.Method == "PATCH"
            ? Respond(() => exchange.Respond(202, [], $"Location: {exchange.Request.Path}"))
            : exchange.Request.Method == "PUT" && Respond(() =>
            {
                _registry.AddBlob(s_content);
                exchange.Respond(201, [], $"Docker-Content-Digest: {s_digest}");
            });
        using RegistryClient client = _registry.Client(credentials: new OneCredential(new RegistryCredential("me", "secret")), pushes: true);
        Assert.Equal((Digest.Parse(s_digest), s_content.Length), Upload(client, isKnown: true).Send());
        Assert.Contains(_registry.Requests, static request => request.Header("Authorization").Length > 0);
        Assert.Equal(["PATCH", "PUT"], other.Requests.Select(static request => request.Method));
        Assert.All(other.Requests, static request => Assert.Equal("", request.Header("Authorization")));
    }

    [Theory]
    [InlineData("ftp://example.test/x", "something else than http")]
    [InlineData("http://me:secret@example.test/x", "user name")]
    public void Send_LocationThatMustNotBeFollowed_Fails(string location, string why)
    {
        _registry.Uploads.Location = _ => location;
        RegistryException thrown = Assert.Throws<RegistryException>(() => Send(isKnown: true));
        Assert.Contains(why, thrown.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", thrown.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(307)]
    [InlineData(308)]
    public void Send_RedirectedOnTheWay_TheBodyGoesAgainAndNoCredentialsDo(int status)
    {
        using FaultyRegistry other = new();
        _registry.Answer = exchange => exchange.Request.Header("Authorization").Length == 0
            ? Respond(() => exchange.Respond(401, [], "WWW-Authenticate: Basic realm=\"r\""))
            : exchange.Request.Method == "PATCH" && Respond(() => exchange.Respond(status, [], $"Location: {other.Address}/elsewhere"));
        byte[] arrived = [];
        other.Answer = exchange => Respond(() =>
        {
            arrived = exchange.Request.Content;
            _registry.AddBlob(s_content);
            exchange.Respond(202, [], $"Location: {_registry.Address}/v2/app/blobs/uploads/u1");
        });
        using RegistryClient client = _registry.Client(credentials: new OneCredential(new RegistryCredential("me", "secret")), pushes: true);
        Assert.Equal((Digest.Parse(s_digest), s_content.Length), Upload(client, isKnown: true).Send());
        Assert.Equal(s_content, arrived);
        Assert.Equal("", Assert.Single(other.Requests).Header("Authorization"));
    }

    [Theory]
    [InlineData(301)]
    [InlineData(302)]
    [InlineData(303)]
    public void Send_RedirectThatWouldChangeTheMethod_IsNotFollowed(int status)
    {
        _registry.Answer = exchange => exchange.Request.Method == "POST"
            && Respond(() => exchange.Respond(status, [], $"Location: {_registry.Address}/elsewhere"));
        Assert.Throws<RegistryException>(() => Send(isKnown: true));
        Assert.Equal(["POST"], Methods());
    }

    [Fact]
    public void Send_SourceFails_SaysSoAndAsksNoMore()
    {
        using RegistryClient client = _registry.Client(pushes: true);
        BlobUpload upload = new(client, new TestSource(s_content, null) { FailAt = 2_000_000 }, "layer", null, static _ => { });
        UploadFailedException thrown = Assert.Throws<UploadFailedException>(() => upload.Send());
        Assert.IsType<InvalidDataException>(thrown.InnerException);
        Assert.DoesNotContain("PUT", Methods());
    }

    [Fact]
    public void Send_SourceHasAnotherDigest_IsNeverEnded()
    {
        using RegistryClient client = _registry.Client(pushes: true);
        Digest promised = Digest.Parse(FaultyRegistry.DigestOf([1]));
        BlobUpload upload = new(client, new TestSource(s_content, promised), "layer", null, static _ => { });
        UploadFailedException thrown = Assert.Throws<UploadFailedException>(() => upload.Send());
        Assert.Equal(RegistryErrorKind.DigestMismatch, Assert.IsType<RegistryException>(thrown.InnerException).Kind);
        Assert.DoesNotContain("PUT", Methods());
    }

    [Fact]
    public void Send_RegistryTakesNothing_EndsWithTheTimeOut()
    {
        _registry.Answer = exchange => exchange.Request.Method == "PATCH" && Respond(exchange.Stall);
        using RegistryClient client = _registry.Client(
            timeouts: TestRepository.Quick with { Progress = TimeSpan.FromMilliseconds(200), Attempts = 2 }, pushes: true);
        RegistryException thrown = Assert.Throws<RegistryException>(() => Upload(client, isKnown: true).Send());
        Assert.Equal(RegistryErrorKind.Unavailable, thrown.Kind);
    }

    [Fact]
    public async Task Send_GivenUp_EndsAtOnce()
    {
        using CancellationTokenSource stop = new();
        TaskCompletionSource came = new(TaskCreationOptions.RunContinuationsAsynchronously);
        _registry.Answer = exchange => exchange.Request.Method == "PATCH" && Respond(() =>
        {
            came.TrySetResult();
            exchange.Stall();
        });
        using RegistryClient client = _registry.Client(pushes: true, stop: stop.Token);
        Task sending = Task.Run(() => Upload(client, isKnown: true).Send(), TestContext.Current.CancellationToken);
        await came.Task;
        await stop.CancelAsync();
        await Assert.ThrowsAsync<OperationCanceledException>(() => sending);
    }

    [Fact]
    public void Exists_AnswersOfARegistry_OnlyTheBlobItself()
    {
        using RegistryClient client = _registry.Client(pushes: true);
        Digest digest = Digest.Parse(s_digest);
        Assert.False(BlobUpload.Exists(client, digest, s_content.Length));
        _registry.AddBlob(s_content);
        Assert.True(BlobUpload.Exists(client, digest, s_content.Length));
        Assert.False(BlobUpload.Exists(client, digest, 1));
    }

    [Fact]
    public void TryMount_RepositoryThatMayBeRead_TheBlobIsThere()
    {
        _registry.AddBlob(s_content);
        _registry.Uploads.Mountable.Add("team/base");
        using RegistryClient client = _registry.Client(pushes: true);
        Assert.True(BlobUpload.TryMount(client, Descriptor(), "team/base", out UploadPlace? place));
        Assert.Null(place);
        Assert.Equal(
            $"mount={Uri.EscapeDataString(s_digest)}&from=team%2Fbase", _registry.Requests.First().Query);
    }

    [Fact]
    public void TryMount_NotGranted_TheUploadThatWasBegunIsUsed()
    {
        using RegistryClient client = _registry.Client(pushes: true);
        Assert.False(BlobUpload.TryMount(client, Descriptor(), "base", out UploadPlace? place));
        Assert.NotNull(place);
        new BlobUpload(client, new TestSource(s_content, Digest.Parse(s_digest)), "layer", place, static _ => { }).Send();
        Assert.Equal(1, _registry.Uploads.Begun);
        Assert.Equal(s_content, _registry.Blob(s_digest));
    }

    [Fact]
    public void TryMount_RegistryOnlyClaimsIt_IsNotBelieved()
    {
        _registry.Answer = static exchange => exchange.Request.Method == "POST" && Respond(() => exchange.Respond(201, [], "Location: /x"));
        using RegistryClient client = _registry.Client(pushes: true);
        Assert.False(BlobUpload.TryMount(client, Descriptor(), "base", out _));
    }

    private static Descriptor Descriptor() => new(MediaTypes.OciLayer, Digest.Parse(s_digest), s_content.Length);

    private static bool Respond(Action answer)
    {
        answer();
        return true;
    }

    private (string, long) Send(bool isKnown)
    {
        using RegistryClient client = _registry.Client(pushes: true);
        (Digest digest, long size) = Upload(client, isKnown).Send();
        return (digest.ToString(), size);
    }

    private static BlobUpload Upload(RegistryClient client, bool isKnown) => new(
        client, new TestSource(s_content, isKnown ? Digest.Parse(s_digest) : null), "layer", null, static _ => { });

    private IEnumerable<string> Methods() => _registry.Requests.Select(static request => request.Method);

    private sealed class TestSource(byte[] content, Digest? digest) : UploadSource
    {
        internal int FailAt { get; init; } = int.MaxValue;

        internal override Digest? Digest => digest;

        internal override long? Size => digest is null ? null : content.Length;

        internal override Stream Open() => new Failing(content, FailAt);

        private sealed class Failing(byte[] content, int failAt) : MemoryStream(content, writable: false)
        {
            public override int Read(byte[] buffer, int offset, int count) =>
                Position >= failAt ? throw new InvalidDataException() : base.Read(buffer, offset, count);
        }
    }
}
