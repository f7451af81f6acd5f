using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Registries;

/// <summary>What OCI distribution-spec 1.1 asks of a registry, workflow by workflow: pull, push, content discovery, content management.</summary>
public sealed class RegistryProtocolTests : IDisposable
{
    private readonly StateRoots _roots = new();
    private readonly OwnRegistry _registry;

    public RegistryProtocolTests() => _registry = new OwnRegistry(Path.Combine(_roots.Top, "registry"));

    public void Dispose()
    {
        _registry.Dispose();
        _roots.Dispose();
    }

    [Theory]
    [InlineData("/v2/")]
    [InlineData("/v2")]
    public void Version_IsAnswered(string path)
    {
        using HttpResponseMessage response = _registry.Send(HttpMethod.Get, path);

        Assert.Equal(200, (int)response.StatusCode);
        Assert.Equal("registry/2.0", Header(response, "Docker-Distribution-Api-Version"));
    }

    [Fact]
    public void Blob_PostThenPut_IsThere()
    {
        byte[] content = OwnRegistry.Bytes(300_000);
        string place = _registry.BeginUpload("a/b");

        using HttpResponseMessage created = _registry.Send(HttpMethod.Put, $"{place}?digest={OwnRegistry.Sha256(content)}", content);

        Assert.Equal(201, (int)created.StatusCode);
        Assert.Equal($"/v2/a/b/blobs/{OwnRegistry.Sha256(content)}", created.Headers.Location!.ToString());
        Assert.Equal(content, Get("/v2/a/b/blobs/" + OwnRegistry.Sha256(content)));
        Assert.Equal(404, _registry.Status(HttpMethod.Get, place));
        Assert.Equal(404, _registry.Status(HttpMethod.Head, "/v2/other/blobs/" + OwnRegistry.Sha256(content)));
    }

    [Fact]
    public void Blob_Sha512_IsThere()
    {
        byte[] content = OwnRegistry.Bytes(70_000);
        string digest = "sha512:" + Convert.ToHexStringLower(SHA512.HashData(content));
        string place = _registry.BeginUpload("a");
        Assert.Equal(202, _registry.Status(HttpMethod.Patch, place, content));

        Assert.Equal(201, _registry.Status(HttpMethod.Put, $"{place}?digest={digest}"));

        Assert.Equal(content, Get("/v2/a/blobs/" + digest));
    }

    [Fact]
    public void Upload_InChunks_GoesOnWhereItWas()
    {
        byte[] content = OwnRegistry.Bytes(100_000);
        string place = _registry.BeginUpload("a");
        using HttpResponseMessage first = Chunk(place, content, 0, 40_000);
        Assert.Equal((202, "0-39999"), ((int)first.StatusCode, Header(first, "Range")));

        // Out of order, before and behind.
        foreach (int start in (int[])[0, 50_000])
        {
            using HttpResponseMessage wrong = Chunk(place, content, start, 60_000);
            Assert.Equal((416, "0-39999", place), ((int)wrong.StatusCode, Header(wrong, "Range"), wrong.Headers.Location!.ToString()));
        }

        using HttpResponseMessage status = _registry.Send(HttpMethod.Get, place);
        Assert.Equal((204, "0-39999"), ((int)status.StatusCode, Header(status, "Range")));
        using HttpResponseMessage second = Chunk(place, content, 40_000, 90_000);
        Assert.Equal(202, (int)second.StatusCode);
        using HttpResponseMessage last = _registry.Send(
            HttpMethod.Put, $"{place}?digest={OwnRegistry.Sha256(content)}", content[90_000..], contentRange: "90000-99999");
        Assert.Equal(201, (int)last.StatusCode);
        Assert.Equal(content, Get("/v2/a/blobs/" + OwnRegistry.Sha256(content)));
    }

    [Fact]
    public void Upload_Cancelled_IsGone()
    {
        string place = _registry.BeginUpload("a");
        Assert.Equal(202, _registry.Status(HttpMethod.Patch, place, OwnRegistry.Bytes(1000)));

        Assert.Equal(204, _registry.Status(HttpMethod.Delete, place));

        Refused(_registry.Send(HttpMethod.Get, place), 404, "BLOB_UPLOAD_UNKNOWN");
        Assert.Empty(Directory.GetFiles(Path.Combine(_roots.Top, "registry/uploads")));
    }

    [Fact]
    public void Upload_OfAnotherRepository_IsUnknown()
    {
        string place = _registry.BeginUpload("a");

        Refused(_registry.Send(HttpMethod.Get, place.Replace("/v2/a/", "/v2/b/", StringComparison.Ordinal)), 404, "BLOB_UPLOAD_UNKNOWN");
        Refused(_registry.Send(HttpMethod.Get, "/v2/a/blobs/uploads/..%2f..%2ffastrun-registry"), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    [Fact]
    public void Upload_DigestThatLies_IsRefusedAndNothingIsLeft()
    {
        byte[] content = OwnRegistry.Bytes(1000);
        string lie = OwnRegistry.Sha256(OwnRegistry.Bytes(1000, seed: 2));
        string place = _registry.BeginUpload("a");

        Refused(_registry.Send(HttpMethod.Put, $"{place}?digest={lie}", content), 400, "DIGEST_INVALID");
        Refused(_registry.Send(HttpMethod.Post, $"/v2/a/blobs/uploads/?digest={lie}", content), 400, "DIGEST_INVALID");
        Refused(_registry.Send(HttpMethod.Put, $"{_registry.BeginUpload("a")}?digest=sha256:xyz", content), 400, "DIGEST_INVALID");

        Assert.Equal(404, _registry.Status(HttpMethod.Head, "/v2/a/blobs/" + lie));
        Assert.Single(Directory.GetFiles(Path.Combine(_roots.Top, "registry/uploads")));
    }

    [Fact]
    public void Blob_Mounted_IsInTheOtherRepository()
    {
        string digest = _registry.PushBlob("a", OwnRegistry.Bytes(1000));

        Assert.Equal(201, _registry.Status(HttpMethod.Post, $"/v2/b/blobs/uploads/?mount={digest}&from=a"));
        Assert.Equal(200, _registry.Status(HttpMethod.Head, "/v2/b/blobs/" + digest));

        // What the other one does not have becomes an upload.
        Assert.Equal(202, _registry.Status(HttpMethod.Post, $"/v2/c/blobs/uploads/?mount={digest}&from=d"));
        Assert.Equal(404, _registry.Status(HttpMethod.Head, "/v2/c/blobs/" + digest));
    }

    [Theory]
    [InlineData("bytes=0-0", 206, 0, 1)]
    [InlineData("bytes=100-199", 206, 100, 100)]
    [InlineData("bytes=900-", 206, 900, 100)]
    [InlineData("bytes=900-5000", 206, 900, 100)]
    [InlineData("bytes=-10", 206, 990, 10)]
    [InlineData("bytes=-5000", 200, 0, 1000)]
    [InlineData("bytes=0-999", 200, 0, 1000)]
    [InlineData("bytes=5-1", 200, 0, 1000)]
    [InlineData("bytes=0-1,5-6", 200, 0, 1000)]
    [InlineData("lines=1-2", 200, 0, 1000)]
    public void Blob_Range_IsThatPart(string range, int status, int start, int length)
    {
        byte[] content = OwnRegistry.Bytes(1000);
        HttpRequestMessage request = new(HttpMethod.Get, "/v2/a/blobs/" + _registry.PushBlob("a", content));
        request.Headers.TryAddWithoutValidation("Range", range);

        using HttpResponseMessage response = _registry.Client.Send(request);

        Assert.Equal(status, (int)response.StatusCode);
        Assert.Equal(content.AsSpan(start, length).ToArray(), OwnRegistry.Body(response));
        Assert.Equal(status == 206 ? $"bytes {start}-{start + length - 1}/1000" : null, response.Content.Headers.ContentRange?.ToString());
    }

    [Fact]
    public void Blob_RangeBehindItsEnd_Is416()
    {
        HttpRequestMessage request = new(HttpMethod.Get, "/v2/a/blobs/" + _registry.PushBlob("a", OwnRegistry.Bytes(1000)));
        request.Headers.Range = new RangeHeaderValue(1000, null);

        using HttpResponseMessage response = _registry.Client.Send(request);

        Assert.Equal((416, "bytes */1000"), ((int)response.StatusCode, response.Content.Headers.ContentRange!.ToString()));
    }

    [Fact]
    public void Blob_KnownAlready_Is304()
    {
        string digest = _registry.PushBlob("a", OwnRegistry.Bytes(1000));
        HttpRequestMessage request = new(HttpMethod.Get, "/v2/a/blobs/" + digest);
        request.Headers.TryAddWithoutValidation("If-None-Match", $"\"{digest}\"");

        using HttpResponseMessage response = _registry.Client.Send(request);

        Assert.Equal(304, (int)response.StatusCode);
    }

    [Fact]
    public void Manifest_ByTagAndDigest_IsAsItWasSent()
    {
        string digest = _registry.PushImage("a/b", "v1", OwnRegistry.Bytes(5000));

        foreach (string reference in (string[])["v1", digest])
        {
            using HttpResponseMessage response = _registry.Send(HttpMethod.Get, "/v2/a/b/manifests/" + reference);
            byte[] body = OwnRegistry.Body(response);
            Assert.Equal(digest, OwnRegistry.Sha256(body));
            Assert.Equal(digest, Header(response, "Docker-Content-Digest"));
            Assert.Equal(OwnRegistry.Manifest, response.Content.Headers.ContentType!.ToString());
            using HttpResponseMessage head = _registry.Send(HttpMethod.Head, "/v2/a/b/manifests/" + reference);
            Assert.Equal((200, body.Length), ((int)head.StatusCode, (int)head.Content.Headers.ContentLength!));
        }

        Refused(_registry.Send(HttpMethod.Get, "/v2/a/b/manifests/v2"), 404, "MANIFEST_UNKNOWN");
        Refused(_registry.Send(HttpMethod.Get, "/v2/c/manifests/v1"), 404, "MANIFEST_UNKNOWN");
    }

    [Fact]
    public void Manifest_ThatTheSpecificationRefuses_IsRefused()
    {
        byte[] config = "{}"u8.ToArray();
        byte[] layer = OwnRegistry.Bytes(1000);
        byte[] manifest = OwnRegistry.ManifestOf(config, layer);
        const string Place = "/v2/a/manifests/v1";
        Refused(_registry.Send(HttpMethod.Put, Place, manifest, OwnRegistry.Manifest), 400, "MANIFEST_BLOB_UNKNOWN");
        _registry.PushBlob("a", config);
        _registry.PushBlob("b", layer);
        Refused(_registry.Send(HttpMethod.Put, Place, manifest, OwnRegistry.Manifest), 400, "MANIFEST_BLOB_UNKNOWN");
        _registry.PushBlob("a", layer);

        Refused(_registry.Send(HttpMethod.Put, Place, manifest, OwnRegistry.Index), 400, "MANIFEST_INVALID");
        Refused(_registry.Send(HttpMethod.Put, Place, "nonsense"u8.ToArray(), OwnRegistry.Manifest), 400, "MANIFEST_INVALID");
        Refused(_registry.Send(HttpMethod.Put, Place, "{}"u8.ToArray(), OwnRegistry.Manifest), 400, "MANIFEST_INVALID");
        Refused(_registry.Send(HttpMethod.Put, "/v2/a/manifests/" + OwnRegistry.Sha256(layer), manifest, OwnRegistry.Manifest), 400, "DIGEST_INVALID");
        Refused(_registry.Send(HttpMethod.Put, "/v2/a/manifests/-v1", manifest, OwnRegistry.Manifest), 400, "MANIFEST_INVALID");
        Refused(_registry.Send(HttpMethod.Put, Place, new byte[(4 << 20) + 1], OwnRegistry.Manifest), 413, "SIZE_INVALID");
        Assert.Equal(404, _registry.Status(HttpMethod.Get, Place));

        Assert.Equal(201, _registry.Status(HttpMethod.Put, Place, manifest, OwnRegistry.Manifest));
    }

    [Fact]
    public void Index_WhoseManifestsAreMissing_IsRefused()
    {
        string digest = _registry.PushImage("a", "amd64", OwnRegistry.Bytes(1000));
        byte[] manifest = Get("/v2/a/manifests/" + digest);
        byte[] index = OwnRegistry.Json(new JsonObject
        {
            ["schemaVersion"] = 2, ["mediaType"] = OwnRegistry.Index, ["manifests"] = new JsonArray(OwnRegistry.Descriptor(OwnRegistry.Manifest, manifest)),
        });

        Refused(_registry.Send(HttpMethod.Put, "/v2/b/manifests/all", index, OwnRegistry.Index), 400, "MANIFEST_BLOB_UNKNOWN");
        Assert.Equal(201, _registry.Status(HttpMethod.Put, "/v2/a/manifests/all", index, OwnRegistry.Index));
        Assert.Equal(index, Get("/v2/a/manifests/all"));
    }

    [Fact]
    public void Tags_InPages_AreInTheAlphabetsOrder()
    {
        byte[] layer = OwnRegistry.Bytes(100);
        foreach (string tag in (string[])["v10", "V2", "a", "latest", "v1"])
        {
            _registry.PushImage("a", tag, layer);
        }

        Assert.Equal(["a", "latest", "v1", "v10", "V2"], Tags("/v2/a/tags/list", out string? link));
        Assert.Null(link);
        Assert.Equal(["a", "latest"], Tags("/v2/a/tags/list?n=2", out link));
        Assert.Equal("</v2/a/tags/list?n=2&last=latest>; rel=\"next\"", link);
        Assert.Equal(["v1", "v10"], Tags("/v2/a/tags/list?n=2&last=latest", out _));
        Assert.Equal(["V2"], Tags("/v2/a/tags/list?n=2&last=v10", out link));
        Assert.Null(link);
        Assert.Empty(Tags("/v2/a/tags/list?n=0", out link));
        Assert.Null(link);
        Refused(_registry.Send(HttpMethod.Get, "/v2/b/tags/list"), 404, "NAME_UNKNOWN");
        Refused(_registry.Send(HttpMethod.Get, "/v2/a/tags/list?n=x"), 400, "PAGINATION_NUMBER_INVALID");
    }

    [Fact]
    public void Catalog_NamesRepositories()
    {
        byte[] layer = OwnRegistry.Bytes(100);
        foreach (string name in (string[])["b", "a/c", "a", "a/c/d"])
        {
            _registry.PushImage(name, "v1", layer);
        }

        JsonNode all = JsonNode.Parse(Get("/v2/_catalog"))!;
        JsonNode page = JsonNode.Parse(Get("/v2/_catalog?n=1&last=a"))!;

        Assert.Equal(["a", "a/c", "a/c/d", "b"], all["repositories"]!.AsArray().Select(static node => (string)node!));
        Assert.Equal(["a/c"], page["repositories"]!.AsArray().Select(static node => (string)node!));
    }

    [Fact]
    public void Referrers_AreListedAndFiltered()
    {
        string image = _registry.PushImage("a", "v1", OwnRegistry.Bytes(100));
        byte[] subject = Get("/v2/a/manifests/" + image);
        byte[] empty = "{}"u8.ToArray();
        JsonObject Artifact(string? type) => new()
        {
            ["schemaVersion"] = 2,
            ["mediaType"] = OwnRegistry.Manifest,
            ["artifactType"] = type,
            ["config"] = OwnRegistry.Descriptor("application/vnd.oci.empty.v1+json", empty),
            ["layers"] = new JsonArray(OwnRegistry.Descriptor("application/vnd.oci.empty.v1+json", empty)),
            ["subject"] = OwnRegistry.Descriptor(OwnRegistry.Manifest, subject),
            ["annotations"] = new JsonObject { ["org.example.key"] = "value" },
        };
        byte[] signature = OwnRegistry.Json(Artifact("application/x-signature"));
        byte[] plain = OwnRegistry.Json(Artifact(null));
        foreach (byte[] artifact in (byte[][])[signature, plain])
        {
            using HttpResponseMessage response = _registry.Send(
                HttpMethod.Put, "/v2/a/manifests/" + OwnRegistry.Sha256(artifact), artifact, OwnRegistry.Manifest);
            Assert.Equal((201, image), ((int)response.StatusCode, Header(response, "OCI-Subject")));
        }

        using HttpResponseMessage all = _registry.Send(HttpMethod.Get, "/v2/a/referrers/" + image);
        Assert.Equal(OwnRegistry.Index, all.Content.Headers.ContentType!.ToString());
        Assert.Equal(
            ((string[])[OwnRegistry.Sha256(signature), OwnRegistry.Sha256(plain)]).Order(StringComparer.Ordinal), Digests(all));
        using HttpResponseMessage filtered = _registry.Send(
            HttpMethod.Get, $"/v2/a/referrers/{image}?artifactType={Uri.EscapeDataString("application/x-signature")}");
        Assert.Equal("artifactType", Header(filtered, "OCI-Filters-Applied"));
        Assert.Equal([OwnRegistry.Sha256(signature)], Digests(filtered));

        // Of one without a type the config's counts; of what nothing refers to, the list is empty.
        using HttpResponseMessage byConfig = _registry.Send(
            HttpMethod.Get, $"/v2/a/referrers/{image}?artifactType={Uri.EscapeDataString("application/vnd.oci.empty.v1+json")}");
        Assert.Equal([OwnRegistry.Sha256(plain)], Digests(byConfig));
        using HttpResponseMessage none = _registry.Send(HttpMethod.Get, "/v2/other/referrers/" + OwnRegistry.Sha256(empty));
        Assert.Equal(200, (int)none.StatusCode);
        Assert.Empty(Digests(none));
    }

    [Fact]
    public void Referrers_ByTheTagOfOldClients_AreATagLikeOthers()
    {
        string image = _registry.PushImage("a", "v1", OwnRegistry.Bytes(100));
        byte[] manifest = Get("/v2/a/manifests/" + image);
        byte[] list = OwnRegistry.Json(new JsonObject
        {
            ["schemaVersion"] = 2, ["mediaType"] = OwnRegistry.Index, ["manifests"] = new JsonArray(OwnRegistry.Descriptor(OwnRegistry.Manifest, manifest)),
        });
        string tag = "/v2/a/manifests/" + image.Replace(':', '-');

        Assert.Equal(201, _registry.Status(HttpMethod.Put, tag, list, OwnRegistry.Index));
        Assert.Equal(list, Get(tag));

        // The question itself is answered from what manifests say of themselves, and never with 404.
        using HttpResponseMessage answer = _registry.Send(HttpMethod.Get, "/v2/a/referrers/" + image);
        Assert.Equal(200, (int)answer.StatusCode);
        Assert.Empty(Digests(answer));
        Refused(_registry.Send(HttpMethod.Get, "/v2/a/referrers/latest"), 400, "DIGEST_INVALID");
    }

    [Theory]
    [InlineData("PUT", "/v2/a/blobs/uploads/")]
    [InlineData("PATCH", "/v2/a/blobs/uploads/")]
    [InlineData("POST", "/v2/a/manifests/v1")]
    [InlineData("PUT", "/v2/a/tags/list")]
    [InlineData("DELETE", "/v2/_catalog")]
    [InlineData("POST", "/v2/")]
    [InlineData("PUT", "/v2/a/referrers/sha256:44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a")]
    public void Method_ThatAPlaceDoesNotHave_IsRefused(string method, string path) =>
        Refused(_registry.Send(new HttpMethod(method), path, []), 405, "UNSUPPORTED");

    [Fact]
    public void Chunk_WhoseRangeIsNone_IsRefusedAndTheUploadGoesOn()
    {
        byte[] content = OwnRegistry.Bytes(1000);
        string place = _registry.BeginUpload("a");
        foreach (string range in (string[])["nonsense", "5-1", "0-", "-5", "0-499999999999999999999"])
        {
            using HttpResponseMessage wrong = _registry.Send(HttpMethod.Patch, place, content[..500], contentRange: range);
            Assert.True((int)wrong.StatusCode is 400 or 416, $"{range}: {(int)wrong.StatusCode}");
        }

        // A range that is not as long as what comes.
        using HttpResponseMessage longer = _registry.Send(HttpMethod.Patch, place, content[..500], contentRange: "0-99");
        Assert.True((int)longer.StatusCode is 400 or 416, $"{(int)longer.StatusCode}");
        Assert.Equal(202, _registry.Status(HttpMethod.Patch, place, content[..500]));
        Assert.Equal(201, _registry.Status(HttpMethod.Put, $"{place}?digest={OwnRegistry.Sha256(content)}", content[500..]));
        Assert.Equal(content, Get("/v2/a/blobs/" + OwnRegistry.Sha256(content)));
        Refused(_registry.Send(HttpMethod.Put, $"{place}?digest={OwnRegistry.Sha256(content)}"), 404, "BLOB_UPLOAD_UNKNOWN");
    }

    [Fact]
    public void Upload_EndedWithoutADigest_IsRefusedAndGoesOn()
    {
        byte[] content = OwnRegistry.Bytes(1000);
        string place = _registry.BeginUpload("a");
        Assert.Equal(202, _registry.Status(HttpMethod.Patch, place, content));
        Refused(_registry.Send(HttpMethod.Put, place), 400, "DIGEST_INVALID");
        Assert.Equal(201, _registry.Status(HttpMethod.Put, $"{place}?digest={OwnRegistry.Sha256(content)}"));
    }

    [Fact]
    public void Delete_NotAllowed_Is405()
    {
        string digest = _registry.PushImage("a", "v1", OwnRegistry.Bytes(100));

        Refused(_registry.Send(HttpMethod.Delete, "/v2/a/manifests/" + digest), 405, "UNSUPPORTED");
        Refused(_registry.Send(HttpMethod.Delete, "/v2/a/blobs/" + OwnRegistry.Sha256(OwnRegistry.Bytes(100))), 405, "UNSUPPORTED");

        Assert.Equal(200, _registry.Status(HttpMethod.Get, "/v2/a/manifests/v1"));
    }

    [Fact]
    public void Delete_Allowed_RemovesTagsManifestsAndBlobs()
    {
        using OwnRegistry registry = new(Path.Combine(_roots.Top, "other"), ["--allow-delete"]);
        byte[] layer = OwnRegistry.Bytes(100);
        string digest = registry.PushImage("a", "v1", layer);
        registry.PushImage("a", "v2", layer);
        registry.PushImage("a", "v3", OwnRegistry.Bytes(200));

        Assert.Equal(202, registry.Status(HttpMethod.Delete, "/v2/a/manifests/v1"));
        Assert.Equal(404, registry.Status(HttpMethod.Get, "/v2/a/manifests/v1"));
        Assert.Equal(200, registry.Status(HttpMethod.Get, "/v2/a/manifests/v2"));
        Assert.Equal(202, registry.Status(HttpMethod.Delete, "/v2/a/manifests/" + digest));
        Assert.Equal(404, registry.Status(HttpMethod.Delete, "/v2/a/manifests/" + digest));
        Assert.Equal(404, registry.Status(HttpMethod.Get, "/v2/a/manifests/v2"));
        Assert.Equal(200, registry.Status(HttpMethod.Get, "/v2/a/manifests/v3"));
        Assert.Equal(202, registry.Status(HttpMethod.Delete, "/v2/a/blobs/" + OwnRegistry.Sha256(layer)));
        Assert.Equal(404, registry.Status(HttpMethod.Head, "/v2/a/blobs/" + OwnRegistry.Sha256(layer)));
    }

    [Theory]
    [InlineData("/v2/A/tags/list", 400, "NAME_INVALID")]
    [InlineData("/v2/a..b/tags/list", 400, "NAME_INVALID")]
    [InlineData("/v2/%2e%2e%2fetc/tags/list", 400, "NAME_INVALID")]
    [InlineData("/v2/_uploads/tags/list", 400, "NAME_INVALID")]
    [InlineData("/v2//tags/list", 400, "NAME_INVALID")]
    [InlineData("/v2/a/blobs/sha256:..%2f..%2flock", 400, "DIGEST_INVALID")]
    [InlineData("/v2/a/blobs/md5:d41d8cd98f00b204e9800998ecf8427e", 400, "DIGEST_INVALID")]
    [InlineData("/v2/a/manifests/..%2f..%2flock", 400, "MANIFEST_INVALID")]
    [InlineData("/v1/_ping", 404, "NAME_UNKNOWN")]
    [InlineData("/", 404, "NAME_UNKNOWN")]
    public void Path_ThatNamesNothing_IsRefused(string path, int status, string code) =>
        Refused(_registry.Send(HttpMethod.Get, path), status, code);

    private byte[] Get(string path)
    {
        using HttpResponseMessage response = _registry.Send(HttpMethod.Get, path);
        Assert.Equal(200, (int)response.StatusCode);
        return OwnRegistry.Body(response);
    }

    private HttpResponseMessage Chunk(string place, byte[] content, int start, int end) => _registry.Send(
        HttpMethod.Patch, place, content[start..end], contentRange: $"{start}-{end - 1}");

    private IEnumerable<string> Tags(string path, out string? link)
    {
        using HttpResponseMessage response = _registry.Send(HttpMethod.Get, path);
        link = response.Headers.TryGetValues("Link", out IEnumerable<string>? values) ? values.Single() : null;
        JsonNode body = JsonNode.Parse(OwnRegistry.Body(response))!;
        Assert.Equal("a", (string?)body["name"]);
        return [.. body["tags"]!.AsArray().Select(static node => (string)node!)];
    }

    private static IEnumerable<string> Digests(HttpResponseMessage response) =>
        JsonNode.Parse(OwnRegistry.Body(response))!["manifests"]!.AsArray().Select(static node => (string)node!["digest"]!);

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out IEnumerable<string>? values) ? values.Single() : null;

    private static void Refused(HttpResponseMessage response, int status, string code)
    {
        using (response)
        {
            string body = Encoding.UTF8.GetString(OwnRegistry.Body(response));
            Assert.Equal((status, code), ((int)response.StatusCode, (string?)JsonNode.Parse(body)!["errors"]![0]!["code"]));
        }
    }
}
