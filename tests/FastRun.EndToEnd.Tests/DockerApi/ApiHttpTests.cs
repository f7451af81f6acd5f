using System;
using System.Globalization;
using System.Net.Http;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>What of HTTP the clients of the Engine API rely on, word by word.</summary>
public sealed class ApiHttpTests(TestImages images) : ApiTest(images)
{
    [Theory]
    [InlineData("/images/localhost:5000/team/app:1/json", 200)]
    [InlineData("/images/localhost:5000%2Fteam%2fapp:1/json", 200)]
    [InlineData("/v1.40/images/localhost%3A5000%2Fteam%2Fapp%3A1/json", 200)]
    [InlineData("/images/localhost:5000/team/other/json", 404)]
    public void Paths_OfImages_HaveSlashes_EscapedOrNot(string path, int status)
    {
        FastRun("tag", "busybox:test", "localhost:5000/team/app:1").Run().Exits(0);

        Assert.Equal(status, StatusOf(Raw($"GET {path} HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n")));
    }

    [Theory]
    [InlineData("/v1.20/info", "client version 1.20 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version")]
    [InlineData("/v1/info", "client version 1 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version")]
    [InlineData("/v0.9/info", "client version 0.9 is too old. Minimum supported API version is 1.24, please upgrade your client to a newer version")]
    [InlineData("/v1.53/info", "client version 1.53 is too new. Maximum supported API version is 1.52")]
    [InlineData("/v2.0/info", "client version 2.0 is too new. Maximum supported API version is 1.52")]
    [InlineData("/v99999999999/info", "client version 99999999999 is too new. Maximum supported API version is 1.52")]
    public void Versions_ThatAreNotServed_AreRefused(string path, string words)
    {
        (int status, string body) = Daemon.Ask("GET", path);

        Assert.Equal((400, words), (status, Message(body)));
        Assert.Equal(404, Daemon.Ask("GET", "/vendor/info").Status);
    }

    [Fact]
    public void Start_OfOneThatRuns_Is304WithoutABody_AndTheConnectionGoesOn()
    {
        Make("box", """{"Image":"busybox:test","Cmd":["sleep","1000"]}""");
        Assert.Equal(204, Daemon.Ask("POST", "/containers/box/start", "{}").Status);
        using ApiConnection connection = new(Daemon.SocketPath);
        connection.Send("POST /containers/box/start HTTP/1.1\r\nHost: engine\r\nContent-Length: 0\r\n\r\n");
        string answer = connection.ReadUntil("\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 304 ", answer, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("Content-Type", answer, StringComparison.OrdinalIgnoreCase);
        Assert.DoesNotContain("Transfer-Encoding", answer, StringComparison.OrdinalIgnoreCase);
        connection.Send("GET /_ping HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n");
        Assert.EndsWith("\r\n\r\nOK", connection.ReadToEnd(), StringComparison.Ordinal);
    }

    [Fact]
    public void Start_WithABody_IsRefused()
    {
        Make("box", """{"Image":"busybox:test","Cmd":["true"]}""");

        (int status, string body) = Daemon.Ask("POST", "/containers/box/start", """{"Binds":["/:/host"]}""");
        Assert.Equal((400, "starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24"), (status, Message(body)));
        Assert.Equal(400, StatusOf(Raw("POST /containers/box/start HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n")));
        Assert.Equal("created", Inspect("box")["State"]!["Status"]!.GetValue<string>());
    }

    /// <summary>curl and others send a long body only once they are told to.</summary>
    [Fact]
    public void Expect_100_IsAnsweredBeforeTheBody()
    {
        const string Json = """{"Image":"busybox:test","Cmd":["true"]}""";
        using ApiConnection connection = new(Daemon.SocketPath);
        connection.Send($"POST /containers/create?name=box HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Type: application/json\r\nContent-Length: {Json.Length}\r\n\r\n");
        Assert.Equal("HTTP/1.1 100 Continue\r\n\r\n", connection.ReadUntil("\r\n\r\n"));
        connection.Send(Json);

        Assert.StartsWith("HTTP/1.1 201 ", connection.ReadToEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("application/json; charset=utf-8", 201)]
    [InlineData("Application/JSON", 201)]
    [InlineData("text/plain", 400)]
    [InlineData("application/x-www-form-urlencoded", 400)]
    public void Body_ThatIsSaidToBeNoJson_IsRefused(string type, int status)
    {
        string answer = Raw($"POST /volumes/create HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Type: {type}\r\nContent-Length: 14\r\n\r\n{{\"Name\":\"vol\"}}");

        Assert.Equal(status, StatusOf(answer));
        Assert.Equal(status == 400, answer.Contains($"Content-Type specified ({type}) must be 'application/json'", StringComparison.Ordinal));
    }

    [Fact]
    public void Body_InPieces_IsRead()
    {
        string answer = Raw(
            "POST /containers/create?name=box HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "18\r\n{\"Image\":\"busybox:test\",\r\n10\r\n\"Cmd\":[\"true\"]} \r\n0\r\n\r\n");

        Assert.Equal(201, StatusOf(answer));
    }

    [Theory]
    [InlineData("GET", "/info", "application/json")]
    [InlineData("GET", "/_ping", "text/plain; charset=utf-8")]
    [InlineData("GET", "/nosuch", "application/json")]
    [InlineData("GET", "/containers/box/archive?path=/bin", "application/x-tar")]
    [InlineData("GET", "/images/busybox:test/get", "application/x-tar")]
    [InlineData("GET", "/containers/box/logs?stdout=1", "application/vnd.docker.multiplexed-stream")]
    [InlineData("GET", "/v1.41/containers/box/logs?stdout=1", "application/vnd.docker.raw-stream")]
    [InlineData("GET", "/containers/box/stats?stream=0&one-shot=1", "application/json")]
    [InlineData("POST", "/images/create?fromImage=localhost:1/nosuch&tag=1", "application/json")]
    public void Answers_SayWhatTheyAre(string method, string path, string type)
    {
        Make("box", """{"Image":"busybox:test","Cmd":["true"]}""");
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        using HttpResponseMessage response = Daemon.Client.Send(request);

        Assert.Equal(type, response.Content.Headers.ContentType!.ToString());
        Assert.Equal("1.52", Assert.Single(response.Headers.GetValues("Api-Version")));
        Assert.Equal("linux", Assert.Single(response.Headers.GetValues("Ostype")));
        Assert.StartsWith("FastRun/", string.Join(' ', response.Headers.GetValues("Server")), StringComparison.Ordinal);
    }

    [Fact]
    public void Head_HasTheHeaderOfTheAnswer_AndNoBody()
    {
        Make("box", """{"Image":"busybox:test","Cmd":["true"]}""");

        string ping = Raw("HEAD /_ping HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200 ", ping, StringComparison.Ordinal);
        Assert.EndsWith("\r\n\r\n", ping, StringComparison.Ordinal);
        Assert.Contains("Builder-Version: 2\r\n", ping, StringComparison.OrdinalIgnoreCase);
        string stat = Raw("HEAD /containers/box/archive?path=/bin HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n");
        string header = Assert.Single(stat.Split("\r\n"), static line => line.StartsWith("X-Docker-Container-Path-Stat: ", StringComparison.OrdinalIgnoreCase));
        JsonNode told = JsonNode.Parse(Convert.FromBase64String(header.Split(' ')[1]))!;
        Assert.Equal("bin", told["name"]!.GetValue<string>());

        // Go's mode of a directory.
        Assert.Equal(1L << 31, told["mode"]!.GetValue<long>() & (1L << 31));
        Assert.Equal(404, StatusOf(Raw("HEAD /containers/box/archive?path=/nosuch HTTP/1.1\r\nHost: engine\r\nConnection: close\r\n\r\n")));
    }

    private static string Message(string body) => JsonNode.Parse(body)!["message"]!.GetValue<string>();

    private static int StatusOf(string answer) => int.Parse(answer.Split(' ')[1], CultureInfo.InvariantCulture);

    private void Make(string name, string json)
    {
        (int status, string body) = Daemon.Ask("POST", "/containers/create?name=" + name, json);
        Assert.True(status == 201, body);
    }

    private JsonNode Inspect(string name) => JsonNode.Parse(Daemon.Ask("GET", $"/containers/{name}/json").Body)!;

    private string Raw(string request)
    {
        using ApiConnection connection = new(Daemon.SocketPath);
        connection.Send(request);
        return connection.ReadToEnd();
    }
}
