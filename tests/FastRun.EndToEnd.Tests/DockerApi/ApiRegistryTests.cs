using System;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>What the API asks of registries for a client, with that client's credentials and no others; and images that come as a tar.</summary>
public sealed class ApiRegistryTests : ApiTest
{
    private readonly DockerRegistry _registry;

    public ApiRegistryTests(TestImages images)
        : base(images)
    {
        _registry = GuardedRegistry.WithPassword(Roots, "octo", "secret");
    }

    private string Authority => _registry.Authority;

    [Fact]
    public void Auth_AsksTheRegistry()
    {
        JsonNode answer = JsonNode.Parse(Auth("secret", out int status))!;
        Assert.Equal((200, "Login Succeeded", ""), (status, answer["Status"]!.GetValue<string>(), answer["IdentityToken"]!.GetValue<string>()));

        answer = JsonNode.Parse(Auth("wrong", out status))!;
        Assert.Equal(401, status);
        Assert.Contains("unauthorized", answer["message"]!.GetValue<string>(), StringComparison.OrdinalIgnoreCase);
        Assert.Equal(401, Daemon.Ask("POST", "/auth", $$"""{"serveraddress":"{{Authority}}"}""").Status);
        Assert.Equal(400, Daemon.Ask("POST", "/auth", """{"username":1}""").Status);
    }

    [Fact]
    public void Distribution_WithCredentials_IsDescribed_WithoutIsRefused()
    {
        FastRun("tag", "busybox:test", Authority + "/octo/job:1").Run().Exits(0);
        Assert.Contains("\"aux\"", Send("POST", $"/images/{Authority}/octo/job/push?tag=1", "secret").Body, StringComparison.Ordinal);

        (int status, string body) = Send("GET", $"/distribution/{Authority}/octo/job:1/json", "secret");
        Assert.True(status == 200, body);
        JsonNode found = JsonNode.Parse(body)!;
        Assert.Equal("application/vnd.oci.image.manifest.v1+json", found["Descriptor"]!["mediaType"]!.GetValue<string>());
        Assert.Matches("^sha256:[0-9a-f]{64}$", found["Descriptor"]!["digest"]!.GetValue<string>());
        Assert.True(found["Descriptor"]!["size"]!.GetValue<long>() > 100);
        Assert.Equal("linux", found["Platforms"]![0]!["os"]!.GetValue<string>());

        // By its digest it is the same one; with a wrong password, or with none, it is nobody's business.
        string digest = found["Descriptor"]!["digest"]!.GetValue<string>();
        Assert.Equal(digest, JsonNode.Parse(Send("GET", $"/distribution/{Authority}/octo/job@{digest}/json", "secret").Body)!["Descriptor"]!["digest"]!.GetValue<string>());
        foreach ((string reference, string? password) in ((string, string?)[])[("octo/job:1", "wrong"), ("octo/job:1", null), ("octo/job:nosuch", "secret")])
        {
            (status, body) = Send("GET", $"/distribution/{Authority}/{reference}/json", password);
            Assert.True(status is 401 or 403 or 404, $"{reference}: {status} {body}");
            Assert.NotEmpty(JsonNode.Parse(body)!["message"]!.GetValue<string>());
        }
    }

    [Fact]
    public void Pull_WithCredentials_ReportsFailuresInTheStreamOrAsAStatus()
    {
        FastRun("tag", "busybox:test", Authority + "/octo/job:1").Run().Exits(0);
        Send("POST", $"/images/{Authority}/octo/job/push?tag=1", "secret");
        FastRun("rmi", "-f", Authority + "/octo/job:1", "busybox:test").Run().Exits(0);

        (int status, string body) = Send("POST", $"/images/create?fromImage={Authority}/octo/job&tag=1", "wrong");
        Assert.True(status >= 400 || body.Contains("\"errorDetail\"", StringComparison.Ordinal), body);
        Assert.Equal(404, Daemon.Ask("GET", $"/images/{Authority}/octo/job:1/json").Status);
        (status, body) = Send("POST", $"/images/create?fromImage={Authority}/octo/job&tag=1", "secret");
        Assert.Equal(200, status);
        Assert.Contains("Downloaded newer image", body, StringComparison.Ordinal);
        Assert.Equal(200, Daemon.Ask("GET", $"/images/{Authority}/octo/job:1/json").Status);

        // Without a tag: all of them.
        FastRun("tag", Authority + "/octo/job:1", Authority + "/octo/job:2").Run().Exits(0);
        Send("POST", $"/images/{Authority}/octo/job/push?tag=2", "secret");
        FastRun("rmi", "-f", Authority + "/octo/job:1", Authority + "/octo/job:2").Run().Exits(0);
        Assert.Equal(200, Send("POST", $"/images/create?fromImage={Authority}/octo/job", "secret").Status);
        Assert.Equal(200, Daemon.Ask("GET", $"/images/{Authority}/octo/job:1/json").Status);
        Assert.Equal(200, Daemon.Ask("GET", $"/images/{Authority}/octo/job:2/json").Status);
    }

    [Fact]
    public void Import_OfTheBody_TakesChangesMessageAndPlatform()
    {
        (int status, string body) = Import("fromSrc=-&repo=made&tag=2&message=by%20hand&changes=CMD%20%5B%22echo%22%2C%22hi%22%5D&changes=ENV%20A%3D1&platform=linux%2Farm64", BusyboxRoot.Tar().ToArray());
        Assert.True(status == 200, body);
        string id = JsonNode.Parse(body.Split("\r\n")[^2])!["status"]!.GetValue<string>();
        JsonNode image = JsonNode.Parse(Daemon.Ask("GET", "/v1.51/images/made:2/json").Body)!;

        Assert.Equal(id, image["Id"]!.GetValue<string>());
        Assert.Equal(("by hand", "linux", "arm64"), (image["Comment"]!.GetValue<string>(), image["Os"]!.GetValue<string>(), image["Architecture"]!.GetValue<string>()));
        Assert.Equal("""["echo","hi"]""", image["Config"]!["Cmd"]!.ToJsonString());
        Assert.Contains("A=1", image["Config"]!["Env"]!.AsArray().Select(static text => text!.GetValue<string>()));
        Assert.Equal("by hand", JsonNode.Parse(Daemon.Ask("GET", "/images/made:2/history").Body)![0]!["Comment"]!.GetValue<string>());
    }

    [Theory]
    [InlineData("fromSrc=-&repo=BAD%20NAME", "invalid reference format")]
    [InlineData("fromSrc=-&repo=made&changes=FROM%20x", "is not a valid change command")]
    [InlineData("fromSrc=-&repo=made&platform=nosuch%2Fnosuch%2Fnosuch%2Fnosuch", "platform")]
    public void Import_ThatIsWrong_MakesNothing(string query, string words)
    {
        (int status, string body) = Import(query, BusyboxRoot.Tar().ToArray());

        Assert.True(status == 400 || body.Contains("errorDetail", StringComparison.Ordinal), $"{status} {body}");
        Assert.Contains(words, body, StringComparison.Ordinal);
        Assert.Equal(404, Daemon.Ask("GET", "/images/made/json").Status);
    }

    [Fact]
    public void Import_OfWhatIsNoTar_IsAnError()
    {
        (int status, string body) = Import("fromSrc=-&repo=made", Encoding.ASCII.GetBytes(new string('x', 4096)));

        Assert.True(status >= 400 || body.Contains("errorDetail", StringComparison.Ordinal), $"{status} {body}");
        Assert.Equal(404, Daemon.Ask("GET", "/images/made/json").Status);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _registry.Dispose();
        base.Dispose(disposing);
    }

    private string Auth(string password, out int status)
    {
        (status, string body) = Daemon.Ask("POST", "/auth", $$"""{"username":"octo","password":"{{password}}","serveraddress":"{{Authority}}"}""");
        return body;
    }

    private (int Status, string Body) Import(string query, byte[] tar)
    {
        using HttpRequestMessage request = new(HttpMethod.Post, "/images/create?" + query) { Content = new ByteArrayContent(tar) };
        using HttpResponseMessage response = Daemon.Client.Send(request);
        using StreamReader body = new(response.Content.ReadAsStream());
        return ((int)response.StatusCode, body.ReadToEnd());
    }

    /// <summary>With credentials as clients send them (swagger.yaml, "Authentication"): base64url of JSON.</summary>
    private (int Status, string Body) Send(string method, string path, string? password)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (password is not null)
        {
            string json = $$"""{"username":"octo","password":"{{password}}","serveraddress":"{{Authority}}"}""";
            request.Headers.TryAddWithoutValidation("X-Registry-Auth", Convert.ToBase64String(Encoding.UTF8.GetBytes(json)).Replace('+', '-').Replace('/', '_'));
        }

        using HttpResponseMessage response = Daemon.Client.Send(request);
        using StreamReader body = new(response.Content.ReadAsStream());
        return ((int)response.StatusCode, body.ReadToEnd());
    }
}
