using System.IO;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Registries;

/// <summary>The images of a machine, pulled from it by others.</summary>
public sealed class RegistryLocalTests(TestImages images) : SandboxTest(images)
{
    [Fact]
    public void Local_Images_ArePulledByOthers()
    {
        _ = FastRun("exec", "--no-workspace", Images.DockerArchive, "--", "true").Run().Exits(0);
        string id = FastRun("images", "-q", "--no-trunc").Run().Output;
        using OwnRegistry registry = new(null, [.. Roots.Options, "--local"]);
        string name = $"{registry.Authority}/example.test/busybox:1.0";
        Assert.Equal("""{"repositories":["example.test/busybox"]}""", Encoding.UTF8.GetString(registry.Get("/v2/_catalog")));
        Assert.Equal("""{"name":"example.test/busybox","tags":["1.0"]}""", Encoding.UTF8.GetString(registry.Get("/v2/example.test/busybox/tags/list")));

        string copy = Path.Combine(Roots.Top, "copy");
        _ = Command.Output("skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", "docker://" + name, $"oci:{copy}:v1");
        using StateRoots other = new();
        Command pull = new(Repository.Binary, [.. other.Options, "pull", "-q", name]);
        Assert.Equal(name, pull.Run().Output);
        Assert.Equal(id, new Command(Repository.Binary, [.. other.Options, "images", "-q", "--no-trunc"]).Run().Output);

        Assert.Equal(405, registry.Status(HttpMethod.Post, "/v2/example.test/busybox/blobs/uploads/"));
        Assert.Equal(404, registry.Status(HttpMethod.Get, "/v2/example.test/busybox/manifests/2.0"));
        Assert.Equal(404, registry.Status(HttpMethod.Get, "/v2/busybox/manifests/1.0"));
        Assert.Equal(404, registry.Status(HttpMethod.Head, "/v2/example.test/busybox/blobs/" + OwnRegistry.Sha256([])));
    }

    [Fact]
    public void Local_PartOfALayer_IsThatPart()
    {
        _ = FastRun("exec", "--no-workspace", Images.DockerArchive, "--", "true").Run().Exits(0);
        using OwnRegistry registry = new(null, [.. Roots.Options, "--local"]);
        JsonNode manifest = JsonNode.Parse(registry.Get("/v2/example.test/busybox/manifests/1.0"))!;
        string layer = "/v2/example.test/busybox/blobs/" + (string)manifest["layers"]![0]!["digest"]!;
        byte[] whole = registry.Get(layer);
        Assert.Equal((string?)manifest["layers"]![0]!["digest"], OwnRegistry.Sha256(whole));

        HttpRequestMessage request = new(HttpMethod.Get, layer);
        request.Headers.Range = new RangeHeaderValue(300_000, 300_999);
        using HttpResponseMessage part = registry.Client.Send(request);

        Assert.Equal(206, (int)part.StatusCode);
        Assert.Equal(whole[300_000..301_000], OwnRegistry.Body(part));
    }

    [Fact]
    public void Local_WithADirectory_IsRefused()
    {
        FastRun("registry", "serve", "--local", Path.Combine(Roots.Top, "registry")).Run().Exits(125);
        FastRun("registry", "serve").Run().Exits(125);
        FastRun("registry", "serve", "--local", "--mirror-of", "docker.io").Run().Exits(125);
    }
}
