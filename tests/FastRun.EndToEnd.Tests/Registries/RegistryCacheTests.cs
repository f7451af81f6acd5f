using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Registries;

/// <summary>A cache before the distribution project's registry, and before one that lies.</summary>
public sealed class RegistryCacheTests(TestImages images) : SandboxTest(images)
{
    private string Directory => Path.Combine(Roots.Top, "cache");

    [Fact]
    public void Cache_RegistryIsGone_ServesWhatItHas()
    {
        string name;
        string digest;
        using OwnRegistry? cache = Begin(out DockerRegistry upstream);
        using (upstream)
        {
            _ = Command.Output("skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", Images.Layered, $"docker://{upstream.Authority}/app:v1");
            name = $"{cache.Authority}/app:v1";
            digest = Command.Output("skopeo", "inspect", "--tls-verify=false", "--format", "{{.Digest}}", "docker://" + name);
            Assert.Equal(name, FastRun("pull", "-q", name).Run().Output);
            Assert.Contains("\"v1\"", Encoding.UTF8.GetString(cache.Get("/v2/app/tags/list")), StringComparison.Ordinal);
            Assert.Equal(404, cache.Status(HttpMethod.Get, "/v2/app/manifests/v2"));
            Assert.Equal(404, cache.Status(HttpMethod.Get, "/v2/app/blobs/" + OwnRegistry.Sha256([])));
            Assert.Equal(405, cache.Status(HttpMethod.Post, "/v2/app/blobs/uploads/"));
            Assert.Equal(405, cache.Status(HttpMethod.Put, "/v2/app/manifests/v1", [], OwnRegistry.Manifest));
        }

        // All of it is here: another engine gets it from the cache alone.
        _ = Command.Output("skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", $"docker://{cache.Authority}/app:v1", "dir:" + Path.Combine(Roots.Top, "copied"));
        using HttpResponseMessage stale = cache.Send(HttpMethod.Get, "/v2/app/manifests/v1");
        Assert.Equal(digest, Assert.Single(stale.Headers.GetValues("Docker-Content-Digest")));
        Assert.Contains("110", stale.Headers.GetValues("Warning").Single(), StringComparison.Ordinal);
        Assert.Equal(503, cache.Status(HttpMethod.Get, "/v2/app/manifests/v2"));
        Assert.Contains("\"v1\"", Encoding.UTF8.GetString(cache.Get("/v2/app/tags/list")), StringComparison.Ordinal);
    }

    [Fact]
    public void Cache_TagMoves_IsFollowed()
    {
        using OwnRegistry upstream = new(Path.Combine(Roots.Top, "upstream"));
        using OwnRegistry cache = new(Directory, ["--mirror-of", upstream.Authority, "--tag-ttl", "0"]);
        string first = upstream.PushImage("a/b", "latest", OwnRegistry.Bytes(1000));
        Assert.Equal(first, DigestOf(cache));

        string second = upstream.PushImage("a/b", "latest", OwnRegistry.Bytes(2000));

        Assert.Equal(second, DigestOf(cache));
        Assert.Equal(200, cache.Status(HttpMethod.Get, "/v2/a/b/manifests/" + first));
    }

    [Fact]
    public async Task Cache_ManyWantOneBlob_FetchesItOnce()
    {
        byte[] content = OwnRegistry.Bytes(5_000_000);
        using FaultyRegistry upstream = new();
        OciLayout layout = new(Path.Combine(Roots.Top, "layout"));
        layout.AddImage("latest", [content]);
        upstream.Add(layout);
        using OwnRegistry cache = new(Directory, ["--mirror-of", upstream.Authority]);
        string layer = await LayerOfAsync(cache);

        byte[][] received = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => cache.Client.GetByteArrayAsync("/v2/app/blobs/" + layer)));

        Assert.All(received, bytes => Assert.Equal(layer, OwnRegistry.Sha256(bytes)));
        Assert.Single(upstream.Requests, request => request.Method == "GET" && request.Path.EndsWith(layer, StringComparison.Ordinal));
    }

    [Fact]
    public void Cache_BlobIsWrong_IsNeverGivenWholeNorKept()
    {
        byte[] right = OwnRegistry.Bytes(500_000);
        byte[] wrong = OwnRegistry.Bytes(500_000, seed: 2);
        using FaultyRegistry upstream = new();
        string digest = upstream.AddBlob(right);
        bool lies = true;
        upstream.Answer = exchange =>
        {
            if (!Volatile.Read(ref lies) || exchange.Request.Method != "GET" || !exchange.Request.Path.EndsWith(digest, StringComparison.Ordinal))
            {
                return false;
            }

            exchange.RespondBlob(wrong);
            return true;
        };
        using OwnRegistry cache = new(Directory, ["--mirror-of", upstream.Authority]);

        Assert.ThrowsAny<Exception>(() => cache.Get("/v2/a/blobs/" + digest));
        Assert.Empty(System.IO.Directory.GetFiles(Path.Combine(Directory, "uploads")));
        Volatile.Write(ref lies, false);
        Assert.Equal(right, cache.Get("/v2/a/blobs/" + digest));
    }

    [Fact]
    public void Cache_RegistryBreaksOffInABlob_GoesOnWhereItWas()
    {
        byte[] content = OwnRegistry.Bytes(3_000_000);
        using FaultyRegistry upstream = new();
        string digest = upstream.AddBlob(content);
        int broken = 0;
        upstream.Answer = exchange =>
        {
            if (exchange.Request.Method != "GET" || exchange.Request.RangeStart > 0 || Interlocked.Increment(ref broken) > 1)
            {
                return false;
            }

            exchange.Head(200, "Content-Length: 3000000");
            exchange.Send(content.AsSpan(0, 1_500_000));
            exchange.Reset();
            return true;
        };
        using OwnRegistry cache = new(Directory, ["--mirror-of", upstream.Authority]);

        Assert.Equal(content, cache.Get("/v2/a/blobs/" + digest));
    }

    [Fact]
    public void Cache_RegistryIsKilledInABlob_EndsTheAnswerShort()
    {
        byte[] content = OwnRegistry.Bytes(60_000_000);
        using FaultyRegistry upstream = new();
        string digest = upstream.AddBlob(content);
        using ManualResetEventSlim begun = new();
        upstream.Answer = exchange =>
        {
            if (exchange.Request.Method != "GET")
            {
                return false;
            }

            if (!begun.IsSet)
            {
                exchange.Head(200, "Content-Length: 60000000");
                exchange.Send(content.AsSpan(0, 1_500_000));
                begun.Set();
            }

            exchange.Reset();
            return true;
        };
        using OwnRegistry cache = new(Directory, ["--mirror-of", upstream.Authority]);

        Exception failure = Assert.ThrowsAny<Exception>(() => cache.Get("/v2/a/blobs/" + digest));

        Assert.True(failure is HttpRequestException or IOException, failure.ToString());
        Assert.True(Processes.Eventually(() => System.IO.Directory.GetFiles(Path.Combine(Directory, "uploads")).Length == 0));
        Assert.Equal(200, cache.Status(HttpMethod.Get, "/v2/"));
    }

    [Fact]
    public void Cache_RegistryKeepsReferrersUnderATag_TellsThem()
    {
        using FaultyRegistry upstream = new();
        string subject = upstream.AddManifest(OwnRegistry.ManifestOf("{}"u8.ToArray()), OwnRegistry.Manifest, "v1");
        byte[] signature = OwnRegistry.Bytes(10);
        JsonObject descriptor = OwnRegistry.Descriptor(OwnRegistry.Manifest, signature);
        descriptor["artifactType"] = "application/x-signature";
        upstream.AddManifest(
            OwnRegistry.Json(new JsonObject { ["schemaVersion"] = 2, ["mediaType"] = OwnRegistry.Index, ["manifests"] = new JsonArray(descriptor) }),
            OwnRegistry.Index,
            subject.Replace(':', '-'));
        using OwnRegistry cache = new(Directory, ["--mirror-of", upstream.Authority]);

        JsonNode list = JsonNode.Parse(cache.Get("/v2/a/referrers/" + subject))!;
        Assert.Equal(OwnRegistry.Sha256(signature), (string?)list["manifests"]![0]!["digest"]);
        JsonNode none = JsonNode.Parse(cache.Get($"/v2/a/referrers/{subject}?artifactType=application%2Fx-other"))!;
        Assert.Empty(none["manifests"]!.AsArray());
        Assert.Empty(JsonNode.Parse(cache.Get("/v2/a/referrers/" + OwnRegistry.Sha256([1])))!["manifests"]!.AsArray());
    }

    [Theory]
    [InlineData("out", 503, "UNAVAILABLE")]
    [InlineData("busy", 429, "TOOMANYREQUESTS")]
    [InlineData("password", 403, "DENIED")]
    [InlineData("forbidden", 403, "DENIED")]
    [InlineData("nonsense", 503, "UNAVAILABLE")]
    [InlineData("wrong digest", 503, "UNAVAILABLE")]
    public void Cache_RegistryFails_IsToldAndNothingIsKept(string how, int status, string code)
    {
        using FaultyRegistry upstream = new();
        byte[] manifest = OwnRegistry.ManifestOf("{}"u8.ToArray());
        string digest = upstream.AddManifest(manifest, OwnRegistry.Manifest, "v1");
        bool fails = true;
        upstream.Answer = exchange =>
        {
            if (!Volatile.Read(ref fails))
            {
                return false;
            }

            switch (how)
            {
                case "out":
                    exchange.RespondError(503, "UNAVAILABLE", "down for \\u001b[2J maintenance", "Retry-After: 0");
                    break;
                case "busy":
                    exchange.RespondError(429, "TOOMANYREQUESTS", "later", "Retry-After: 0");
                    break;
                case "password":
                    exchange.RespondError(401, "UNAUTHORIZED", "who?", "WWW-Authenticate: Basic realm=\"x\"");
                    break;
                case "forbidden":
                    exchange.RespondError(403, "DENIED", "not you");
                    break;
                case "nonsense":
                    exchange.Respond(200, "<html>"u8.ToArray(), "Content-Type: text/html");
                    break;
                default:
                    exchange.Respond(200, OwnRegistry.ManifestOf("[]"u8.ToArray()), "Content-Type: " + OwnRegistry.Manifest);
                    break;
            }

            return true;
        };
        using OwnRegistry cache = new(Directory, ["--mirror-of", upstream.Authority, "--tag-ttl", "0"]);
        using (HttpResponseMessage refused = cache.Send(HttpMethod.Get, "/v2/a/manifests/" + digest))
        {
            string body = Encoding.UTF8.GetString(OwnRegistry.Body(refused));
            Assert.Equal((status, code), ((int)refused.StatusCode, (string?)JsonNode.Parse(body)!["errors"]![0]!["code"]));
            Assert.DoesNotContain("\u001b", body, StringComparison.Ordinal);
        }

        Assert.DoesNotContain(System.IO.Directory.EnumerateFiles(Directory, "*", SearchOption.AllDirectories), static path => path.Contains("/blobs/", StringComparison.Ordinal));
        Volatile.Write(ref fails, false);
        Assert.Equal(manifest, cache.Get("/v2/a/manifests/" + digest));
        Assert.Equal(manifest, cache.Get("/v2/a/manifests/v1"));
    }

    [Fact]
    public void Cache_WithALimit_ForgetsWhatWasUsedLeast()
    {
        using OwnRegistry upstream = new(Path.Combine(Roots.Top, "upstream"));
        using OwnRegistry cache = new(Directory, ["--mirror-of", upstream.Authority, "--max-size", "250000"]);
        byte[][] blobs = [OwnRegistry.Bytes(100_000, 1), OwnRegistry.Bytes(100_000, 2), OwnRegistry.Bytes(100_000, 3)];
        foreach (byte[] blob in blobs)
        {
            string path = "/v2/a/blobs/" + upstream.PushBlob("a", blob);
            Assert.Equal(blob, cache.Get(path));
            string file = Path.Combine(Directory, "blobs/sha256", OwnRegistry.Sha256(blob)["sha256:".Length..]);
            Processes.Eventually(() => File.Exists(file));
            File.SetLastWriteTimeUtc(file, DateTime.UtcNow.AddHours(-5).AddMinutes(Array.IndexOf(blobs, blob)));
        }

        Assert.Equal(
            blobs[1..].Select(static blob => OwnRegistry.Sha256(blob)["sha256:".Length..]).Order(),
            System.IO.Directory.GetFiles(Path.Combine(Directory, "blobs/sha256")).Select(Path.GetFileName).Order());
        Assert.Equal(413, cache.Status(HttpMethod.Get, "/v2/a/blobs/" + upstream.PushBlob("a", OwnRegistry.Bytes(300_000))));
        Assert.Equal(blobs[0], cache.Get("/v2/a/blobs/" + OwnRegistry.Sha256(blobs[0])));
    }

    [Fact]
    public void Cache_OfAnotherRegistry_DoesNotMix()
    {
        using (OwnRegistry own = new(Directory))
        {
            own.PushImage("a", "v1", OwnRegistry.Bytes(100));
        }

        FastRun("registry", "serve", "--listen", "127.0.0.1:0", "--mirror-of", "registry.test", Directory).Run()
            .FailsWith(1, "own content", "not cache of registry.test");
        FastRun("registry", "serve", "--mirror-of", "not a name", Path.Combine(Roots.Top, "new")).Run().FailsWith(1, "not the name of a registry");
        FastRun("registry", "serve", "--max-size", "1g", Directory).Run().Exits(125);
    }

    private OwnRegistry Begin(out DockerRegistry upstream)
    {
        upstream = new DockerRegistry();
        try
        {
            return new OwnRegistry(Directory, ["--mirror-of", upstream.Authority, "--tag-ttl", "0"]);
        }
        catch
        {
            upstream.Dispose();
            throw;
        }
    }

    private static string DigestOf(OwnRegistry registry)
    {
        using HttpResponseMessage response = registry.Send(HttpMethod.Head, "/v2/a/b/manifests/latest");
        return Assert.Single(response.Headers.GetValues("Docker-Content-Digest"));
    }

    private static async Task<string> LayerOfAsync(OwnRegistry registry)
    {
        byte[] manifest = await registry.Client.GetByteArrayAsync("/v2/app/manifests/latest");
        return (string)System.Text.Json.Nodes.JsonNode.Parse(manifest)!["layers"]![0]!["digest"]!;
    }
}
