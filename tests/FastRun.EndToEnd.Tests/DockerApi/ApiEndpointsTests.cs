using System;
using System.IO;
using System.Linq;
using System.Net.Sockets;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Endpoints that the Docker CLI does not use, or uses otherwise: web sockets, statistics, commits with a configuration, namespaces of others.</summary>
public sealed class ApiEndpointsTests(TestImages images) : ApiTest(images)
{
    [Fact]
    public async Task WebSocket_CarriesBothStreamsBothWays()
    {
        Start("box", """{"Image":"busybox:test","OpenStdin":true,"StdinOnce":true,"Cmd":["sh","-c","read line; echo got $line; echo err >&2; wc -c"]}""");
        using ClientWebSocket socket = await ConnectAsync("/containers/box/attach/ws?stream=1&stdin=1&stdout=1&stderr=1");

        // A text, a message in pieces, and one that is longer than 16 bits tell.
        await socket.SendAsync("wo"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: false, default);
        await socket.SendAsync("rd\n"u8.ToArray(), WebSocketMessageType.Text, endOfMessage: true, default);
        await socket.SendAsync(new byte[100_000], WebSocketMessageType.Binary, endOfMessage: true, default);
        await socket.CloseOutputAsync(WebSocketCloseStatus.NormalClosure, null, default);
        Assert.Equal(0, JsonNode.Parse(Daemon.Ask("POST", "/containers/box/wait").Body)!["StatusCode"]!.GetValue<int>());
        Assert.Equal("got word\n100000\n", FastRun("logs", "box").Run().Stdout);
    }

    [Fact]
    public async Task WebSocket_ReadsUntilTheContainerEnds()
    {
        Start("box", """{"Image":"busybox:test","OpenStdin":true,"Cmd":["sh","-c","read line; seq 1 30000; echo err >&2"]}""");
        using ClientWebSocket socket = await ConnectAsync("/v1.41/containers/box/attach/ws");

        await socket.SendAsync("\n"u8.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, default);
        string read = await ReadAsync(socket);
        Assert.Equal(string.Concat(Enumerable.Range(1, 30_000).Select(static number => number + "\n")), read.Replace("err\n", "", StringComparison.Ordinal));
        Assert.Contains("err\n", read, StringComparison.Ordinal);
        Assert.Equal(WebSocketCloseStatus.NormalClosure, socket.CloseStatus);
    }

    [Fact]
    public async Task WebSocket_OfSomeStreams_HasNoOthers()
    {
        Start("box", """{"Image":"busybox:test","OpenStdin":true,"Cmd":["sh","-c","read line; echo out; echo err >&2"]}""");
        using ClientWebSocket reader = await ConnectAsync("/containers/box/attach/ws?stream=1&stderr=1");
        using ClientWebSocket writer = await ConnectAsync("/containers/box/attach/ws?stream=1&stdin=1");

        await writer.SendAsync("\n"u8.ToArray(), WebSocketMessageType.Binary, endOfMessage: true, default);
        Assert.Equal("err\n", await ReadAsync(reader));
        Assert.Equal("", await ReadAsync(writer));
    }

    [Theory]
    [InlineData("Upgrade: tcp\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")]
    [InlineData("Upgrade: websocket\r\nSec-WebSocket-Version: 8\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n")]
    [InlineData("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: short\r\n")]
    [InlineData("Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n")]
    public void WebSocket_WithoutItsHandshake_IsRefused(string fields)
    {
        Start("box", """{"Image":"busybox:test","OpenStdin":true,"Cmd":["cat"]}""");
        using ApiConnection connection = new(Daemon.SocketPath);
        connection.Send($"GET /containers/box/attach/ws?stream=1&stdin=1 HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\n{fields}\r\n");

        Assert.StartsWith("HTTP/1.1 400", connection.Read(), StringComparison.Ordinal);
    }

    /// <summary>Frames that no client sends (RFC 6455, 5): the connection ends, and the next one is served.</summary>
    [Theory]
    [InlineData(0x82, 0x01)]
    [InlineData(0xF2, 0x81)]
    [InlineData(0x83, 0x81)]
    [InlineData(0x89, 0xFE)]
    [InlineData(0x09, 0x81)]
    [InlineData(0x82, 0xFF)]
    public void WebSocket_FramesThatAreNone_EndTheConnection(byte first, byte second)
    {
        Start("box", """{"Image":"busybox:test","OpenStdin":true,"Cmd":["cat"]}""");
        using ApiConnection connection = new(Daemon.SocketPath);
        connection.Send("GET /containers/box/attach/ws?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n");
        Assert.Contains("Sec-WebSocket-Accept: ICX+Yqv66kxgM0FcWaLWlFLwTAI=", connection.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
        connection.Send([first, second, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 1, 2, 3, 4, 5]);
        connection.EndInput();

        _ = connection.ReadToEnd();
        Assert.Equal(200, Daemon.Ask("GET", "/_ping").Status);
    }

    [Fact]
    public void Start_WithSettingsInItsBody_IsRefused()
    {
        Assert.Equal(201, Daemon.Ask("POST", "/v1.21/containers/create?name=box", """{"Image":"busybox:test","Cmd":["true"]}""").Status);

        Assert.Equal(400, Daemon.Ask("POST", "/v1.21/containers/box/start", """{"Binds":["/:/host"]}""").Status);
        Assert.Equal(204, Daemon.Ask("POST", "/v1.21/containers/box/start", "{}").Status);
        Assert.Equal(200, Daemon.Ask("POST", "/v1.21/containers/box/wait").Status);
        Assert.Equal(204, Daemon.Ask("DELETE", "/v1.21/containers/box").Status);
        Assert.Equal(400, Daemon.Ask("GET", "/v1.20/containers/json").Status);
    }

    [Fact]
    public void Exec_ItsProcess_IsThatOfTheHost()
    {
        Start("box", """{"Image":"busybox:test","Cmd":["sleep","1000"]}""");
        string id = JsonNode.Parse(Daemon.Ask("POST", "/containers/box/exec", """{"Cmd":["sleep","1234"]}""").Body)!["Id"]!.GetValue<string>();
        Assert.Equal(0, Exec(id)["Pid"]!.GetValue<int>());
        Assert.Equal(200, Daemon.Ask("POST", $"/exec/{id}/start", """{"Detach":true}""").Status);

        int pid = Exec(id)["Pid"]!.GetValue<int>();
        Assert.Equal("sleep\01234\0", File.ReadAllText($"/proc/{pid}/cmdline"));
        FastRun("rm", "-f", "box").Run().Exits(0);
        Assert.True(Processes.Eventually(() => !Exec(id)["Running"]!.GetValue<bool>()));
        Assert.Equal(0, Exec(id)["Pid"]!.GetValue<int>());
    }

    [Fact]
    public void Stats_OnceOrTwice_HaveWhatWasAskedFor()
    {
        Start("box", """{"Image":"busybox:test","Cmd":["sh","-c","while :; do :; done"]}""");

        // Two looks, a second apart, or one.
        JsonNode two = new JsonObject();
        Assert.True(Processes.Eventually(() =>
        {
            // It may take a while on a busy machine until the container has a turn.
            two = JsonNode.Parse(Daemon.Ask("GET", "/containers/box/stats?stream=0").Body)!;
            return Total(two, "cpu_stats") > Total(two, "precpu_stats") && two["cpu_stats"]!["cpu_usage"]!["usage_in_usermode"]!.GetValue<long>() > 0;
        }));
        Assert.NotEqual("0001-01-01T00:00:00Z", two["preread"]!.GetValue<string>());
        Assert.True(two["precpu_stats"]!["system_cpu_usage"]!.GetValue<long>() > 0);
        Assert.Equal("linux", two["os_type"]!.GetValue<string>());
        JsonNode one = JsonNode.Parse(Daemon.Ask("GET", "/v1.51/containers/box/stats?stream=0&one-shot=1").Body)!;
        Assert.Equal(0, Total(one, "precpu_stats"));
        Assert.True(Total(one, "cpu_stats") >= Total(two, "cpu_stats"));
        Assert.Equal("0001-01-01T00:00:00Z", one["preread"]!.GetValue<string>());
        Assert.Null(one["os_type"]);
        Assert.Equal(400, Daemon.Ask("GET", "/containers/box/stats?one-shot=1").Status);

        FastRun("kill", "box").Run().Exits(0);
        JsonNode none = JsonNode.Parse(Daemon.Ask("GET", "/containers/box/stats?stream=0&one-shot=1").Body)!;
        Assert.Equal((0, "0001-01-01T00:00:00Z"), (Total(none, "cpu_stats"), none["read"]!.GetValue<string>()));
        Assert.Empty(none["memory_stats"]!.AsObject());
    }

    [Fact]
    public void Commit_WithAConfiguration_PutsItOverTheContainers()
    {
        Start("box", """{"Image":"busybox:test","Env":["A=1","B=2"],"Labels":{"own":"1"},"WorkingDir":"/bin","Cmd":["sleep","1000"]}""");
        (int status, string body) = Daemon.Ask(
            "POST",
            "/commit?container=box&repo=made&tag=1&changes=ENV%20C%3D3",
            """{"Image":"ignored","Hostname":"x","Cmd":["echo","new"],"Env":["B=3"],"Labels":{"added":"2"},"ExposedPorts":{"80/tcp":{}},"Volumes":{"/data":{}},"User":"nobody","Healthcheck":{"Test":["CMD","true"],"Retries":3}}""");

        Assert.True(status == 201, body);
        JsonNode config = JsonNode.Parse(Daemon.Ask("GET", "/v1.51/images/made:1/json").Body)!["Config"]!;
        Assert.Equal("""["echo","new"]""", config["Cmd"]!.ToJsonString());
        Assert.Equal(["A=1", "B=3", "C=3"], config["Env"]!.AsArray().Select(static text => text!.GetValue<string>()).Where(static text => text[1] == '=').Order());
        Assert.Equal("""{"added":"2","own":"1"}""", config["Labels"]!.ToJsonString());
        Assert.Equal(("nobody", "/bin", "80/tcp", "/data"), (
            config["User"]!.GetValue<string>(), config["WorkingDir"]!.GetValue<string>(),
            config["ExposedPorts"]!.AsObject().Single().Key, config["Volumes"]!.AsObject().Single().Key));
        Assert.Equal("""{"Test":["CMD","true"],"Retries":3}""", config["Healthcheck"]!.ToJsonString());
        Assert.Equal(400, Daemon.Ask("POST", "/commit?container=box", """{"Env":"A=1"}""").Status);
    }

    [Fact]
    public void Namespaces_OfAnotherContainer_AreSharedAndRefused()
    {
        Start("seen", """{"Image":"busybox:test","Cmd":["sleep","1234"],"HostConfig":{"IpcMode":"shareable"}}""");
        Start("guest", """{"Image":"busybox:test","Cmd":["sh","-c","tr '\\0' ' ' < /proc/1/cmdline"],"HostConfig":{"PidMode":"container:seen","IpcMode":"container:seen"}}""");
        Assert.Equal(200, Daemon.Ask("POST", "/containers/guest/wait").Status);
        Assert.Equal("sleep 1234 ", FastRun("logs", "guest").Run().Stdout);

        (int status, string body) = Daemon.Ask("POST", "/containers/create", """{"Image":"busybox:test","HostConfig":{"PidMode":"container:"}}""");
        Assert.Equal((400, "invalid PID mode: container:"), (status, Message(body)));
        (status, body) = Daemon.Ask("POST", "/containers/create?name=lost", """{"Image":"busybox:test","Cmd":["true"],"HostConfig":{"PidMode":"container:nosuch"}}""");
        Assert.Equal((400, "No such container: nosuch"), (status, Message(body)));
        Assert.Equal(201, Daemon.Ask("POST", "/containers/create?name=late", """{"Image":"busybox:test","Cmd":["true"],"HostConfig":{"IpcMode":"container:guest"}}""").Status);
        (status, body) = Daemon.Ask("POST", "/containers/late/start");
        Assert.Equal(409, status);
        Assert.Matches("^failed to join IPC namespace: container [0-9a-f]{64} is not running$", Message(body));
    }

    [Fact]
    public void Remove_OfALink_IsNoRemovalOfTheContainer()
    {
        Start("box", """{"Image":"busybox:test","Cmd":["sleep","1000"]}""");

        Assert.Equal((409, "Conflict, cannot remove the default link name of the container"), Refused("/containers/box?link=1"));
        Assert.Equal("running", StateOf("box"));
    }

    private static string Message(string body) => JsonNode.Parse(body)!["message"]!.GetValue<string>();

    private static long Total(JsonNode stats, string name) => stats[name]!["cpu_usage"]!["total_usage"]!.GetValue<long>();

    private static async Task<string> ReadAsync(ClientWebSocket socket)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(120));
        StringBuilder text = new();
        byte[] buffer = new byte[16 << 10];
        while (true)
        {
            WebSocketReceiveResult received = await socket.ReceiveAsync(buffer, patience.Token);
            if (received.MessageType == WebSocketMessageType.Close)
            {
                return text.ToString();
            }

            text.Append(Encoding.UTF8.GetString(buffer, 0, received.Count));
        }
    }

    private (int Status, string Message) Refused(string path)
    {
        (int status, string body) = Daemon.Ask("DELETE", path);
        return (status, Message(body));
    }

    private JsonNode Exec(string id) => JsonNode.Parse(Daemon.Ask("GET", $"/exec/{id}/json").Body)!;

    private void Start(string name, string json)
    {
        (int status, string body) = Daemon.Ask("POST", "/containers/create?name=" + name, json);
        Assert.True(status == 201, body);
        (status, body) = Daemon.Ask("POST", $"/containers/{name}/start");
        Assert.True(status == 204, body);
    }

    private async Task<ClientWebSocket> ConnectAsync(string path)
    {
        ClientWebSocket socket = new();
        using System.Net.Http.HttpMessageInvoker invoker = new(new System.Net.Http.SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) =>
            {
                Socket connection = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                await connection.ConnectAsync(new UnixDomainSocketEndPoint(Daemon.SocketPath), cancellation);
                return new NetworkStream(connection, ownsSocket: true);
            },
        }, disposeHandler: false);
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        await socket.ConnectAsync(new Uri("ws://engine" + path), invoker, patience.Token);
        return socket;
    }
}
