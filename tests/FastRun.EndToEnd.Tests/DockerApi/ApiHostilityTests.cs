using System;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Containers;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Clients that mean harm (docs/security.md): each gets a refusal, and the next one is served.</summary>
public sealed class ApiHostilityTests : ContainerTest
{
    private readonly EngineDaemon _daemon;

    public ApiHostilityTests(TestImages images)
        : base(images) => _daemon = new EngineDaemon(Roots);

    [Theory]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabcd")]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n")]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: a\r\nContent-Length: 1 2\r\n\r\n")]
    [InlineData("POST /containers/create HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n0\r\n\r\n")]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n")]
    [InlineData("GET /_ping HTTP/1.1\r\n\r\n")]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: a\r\nName : value\r\n\r\n")]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: a\r\nName: a\0b\r\n\r\n")]
    [InlineData("GET /_ping HTTP/1.1\r\nHost: a\r\n folded: value\r\n\r\n")]
    [InlineData("GET\t/_ping\tHTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("GET /_ping HTTP/9.9\r\nHost: a\r\n\r\n")]
    [InlineData("GET /a%00b/json HTTP/1.1\r\nHost: a\r\n\r\n")]
    [InlineData("POST /containers/create HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n")]
    [InlineData("POST /containers/create HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nfffffffffffffffff\r\n")]
    [InlineData("\u0016\u0003\u0001\u0002\0\u0001\0\u0001")]
    public void Request_ThatIsNoHttp_IsRefusedOnce(string request)
    {
        using ApiConnection connection = new(_daemon.SocketPath);
        connection.Send(request);
        connection.EndInput();
        string answer = connection.ReadToEnd();

        // One answer at most: nothing that was sent is taken for a second request.
        Assert.Matches("^$|^HTTP/1.1 (4|5)", answer);
        Assert.True(answer.Split("HTTP/1.1 ").Length <= 2, answer);
        Served();
    }

    [Fact]
    public void Request_BothLengths_EndsWhereItsChunksEnd()
    {
        using ApiConnection connection = new(_daemon.SocketPath);
        connection.Send("POST /v1.40/nosuch HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\nGET /_ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        string answer = connection.ReadToEnd();

        // RFC 9112, 6.3: chunked wins, or the request is refused; never the length.
        Assert.Matches("^HTTP/1.1 4[^$]*(HTTP/1.1 200 OK[^$]*OK$)?", answer);
        Served();
    }

    [Theory]
    [InlineData(200_000, "431")]
    [InlineData(31_000, "200")]
    public void Header_Long_IsRefusedFromItsLimitOn(int length, string status)
    {
        using ApiConnection connection = new(_daemon.SocketPath);
        connection.Send("GET /_ping HTTP/1.1\r\nHost: a\r\nX: ");
        connection.Send(new string('x', length));
        connection.Send("\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 " + status, connection.Read(), StringComparison.Ordinal);
        Served();
    }

    [Fact]
    public void Header_TooManyFields_AreRefused()
    {
        using ApiConnection connection = new(_daemon.SocketPath);
        connection.Send("GET /_ping HTTP/1.1\r\nHost: a\r\n" + string.Concat(Enumerable.Range(0, 1000).Select(static number => $"X{number}: y\r\n")) + "\r\n");

        Assert.StartsWith("HTTP/1.1 431", connection.Read(), StringComparison.Ordinal);
    }

    [Fact]
    public void Path_TooLong_IsRefused()
    {
        using ApiConnection connection = new(_daemon.SocketPath);
        connection.Send($"GET /containers/{new string('a', 20_000)}/json HTTP/1.1\r\nHost: a\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 414", connection.Read(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("POST", "/containers/create", 413)]
    [InlineData("POST", "/networks/create", 413)]
    [InlineData("POST", "/volumes/create", 413)]
    [InlineData("POST", "/auth", 413)]
    public void Body_TooLong_IsRefusedWithoutBeingRead(string method, string path, int status)
    {
        using ApiConnection connection = new(_daemon.SocketPath);
        connection.Send($"{method} {path} HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100000000000\r\n\r\n{{");

        Assert.StartsWith($"HTTP/1.1 {status}", connection.Read(), StringComparison.Ordinal);
        Served();
    }

    [Fact]
    public void Body_InChunksWithoutEnd_IsCutOffAtTheLimit()
    {
        int before = ProcessCensus.Of(_daemon.ProcessId).AnonymousKilobytes;
        using ApiConnection connection = new(_daemon.SocketPath);
        connection.Send("POST /containers/create HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n");
        string chunk = "10000\r\n" + new string(' ', 0x10000) + "\r\n";
        for (int i = 0; i < 2000 && connection.Send(chunk); i++)
        {
            // 125 MiB, were they taken.
        }

        Assert.InRange(ProcessCensus.Of(_daemon.ProcessId).AnonymousKilobytes, 0, before + (64 << 10));
        Served();
    }

    [Theory]
    [InlineData("")]
    [InlineData("null")]
    [InlineData("[]")]
    [InlineData("\"text\"")]
    [InlineData("{")]
    [InlineData("{\"Image\":{}}")]
    [InlineData("{\"Image\":\"\"}")]
    [InlineData("{\"Image\":\"x\",\"Cmd\":[1]}")]
    [InlineData("{\"Image\":\"x\",\"HostConfig\":[]}")]
    [InlineData("{\"Image\":\"x\",\"HostConfig\":{\"Memory\":1e400}}")]
    [InlineData("{\"Image\":\"x\",\"HostConfig\":{\"Binds\":[\"\\u0000:/x\"]}}")]
    [InlineData("{\"Image\":\"../../etc/passwd\"}")]
    [InlineData("{\"Image\":\"x\",\"Labels\":{\"a\":1}}")]
    public void Create_OddBody_IsTheClientsFault(string body)
    {
        (int status, string answer) = _daemon.Ask("POST", "/containers/create", body);

        Assert.True(status is 400 or 404, $"{status} {answer}");
        Assert.StartsWith("{\"message\":", answer, StringComparison.Ordinal);
    }

    [Fact]
    public void Create_DeepBody_IsTheClientsFault()
    {
        string deep = "{\"Image\":\"x\",\"Labels\":" + string.Concat(Enumerable.Repeat("{\"a\":", 100_000)) + "1" + new string('}', 100_000) + "}";

        Assert.Equal(400, _daemon.Ask("POST", "/containers/create", deep).Status);
        Assert.Equal(400, _daemon.Ask("GET", "/containers/json?filters=" + Uri.EscapeDataString(string.Concat(Enumerable.Repeat("[", 500)))).Status);
        Served();
    }

    [Theory]
    [InlineData("/containers/..%2f..%2f..%2fetc%2fpasswd/json")]
    [InlineData("/containers/%2e%2e/json")]
    [InlineData("/containers/../../json")]
    [InlineData("/containers/.../json")]
    [InlineData("/volumes/..%2f..%2fcontainers")]
    [InlineData("/volumes/%2e%2e")]
    [InlineData("/networks/..%2f..%2fcontainers")]
    [InlineData("/exec/..%2f../json")]
    [InlineData("/images/..%2f..%2fcontent/json")]
    [InlineData("/images/%2fetc%2fpasswd/json")]
    [InlineData("/v1.41/containers/a%2fb%2fc/logs?stdout=1")]
    public void Path_ThatLeadsElsewhere_NamesNothing(string path)
    {
        // HttpClient would tidy the path up.
        using ApiConnection connection = new(_daemon.SocketPath);
        connection.Send($"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");

        Assert.Matches("^HTTP/1.1 (400|404|405) ", connection.ReadToEnd());
    }

    [Fact]
    public void Name_WithAPath_IsNoNameOfANewObject()
    {
        Assert.Equal(400, _daemon.Ask("POST", "/volumes/create", "{\"Name\":\"../x\"}").Status);
        Assert.Equal(400, _daemon.Ask("POST", "/networks/create", "{\"Name\":\"../x\"}").Status);
        Assert.Empty(Directory.GetFileSystemEntries(Roots.Top, "x*", SearchOption.AllDirectories));
    }

    [Fact]
    public void Connections_ThatSayNothing_KeepNobodyOut()
    {
        ApiConnection[] idle = [.. Enumerable.Range(0, 300).Select(number =>
        {
            ApiConnection connection = new(_daemon.SocketPath);
            connection.Send(number % 2 == 0 ? "GET /_p" : "");
            return connection;
        })];
        try
        {
            Served();
        }
        finally
        {
            Array.ForEach(idle, static connection => connection.Dispose());
        }
    }

    [Fact]
    public void Header_ThatNeverEnds_IsGivenUp()
    {
        using ApiConnection connection = new(_daemon.SocketPath);
        connection.Send("GET /_ping HTTP/1.1\r\nHost: a\r\nX: ");

        Assert.StartsWith("HTTP/1.1 408", connection.Read(), StringComparison.Ordinal);
    }

    /// <summary>A container finds no API at any address of the host: there is none but the file.</summary>
    [Fact]
    public void Daemon_OnItsFile_ListensNowhereElse()
    {
        Served();
        string[] sockets = [.. Directory.GetFiles($"/proc/{_daemon.ProcessId}/fd")
            .Select(static file => new FileInfo(file).LinkTarget ?? "")
            .Where(static target => target.StartsWith("socket:[", StringComparison.Ordinal))
            .Select(static target => target["socket:[".Length..^1])];
        Assert.NotEmpty(sockets);
        foreach (string family in (string[])["tcp", "tcp6", "udp", "udp6", "raw", "raw6"])
        {
            string table = $"/proc/{_daemon.ProcessId}/net/{family}";
            string[] lines = File.Exists(table) ? File.ReadAllLines(table) : [];
            Assert.DoesNotContain(lines, line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries) is { Length: > 9 } fields && sockets.Contains(fields[9]));
        }
    }

    [Fact]
    public void Daemon_WithoutClients_DoesNotWakeUp()
    {
        Served();
        _daemon.Client.Dispose();
        long before = 0;
        // The last client's Kestrel ends some seconds after it; then nothing of the process runs for as long as one looks.
        Assert.True(Processes.Eventually(
            () =>
            {
                (long now, long last) = (Switches(), before);
                before = now;
                System.Threading.Thread.Sleep(2500);
                return last == now && Switches() == now;
            },
            120));
        Assert.InRange(ResidentKilobytes(), 1, 25 << 10);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _daemon.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Served()
    {
        using ApiConnection connection = new(_daemon.SocketPath);
        connection.Send("GET /_ping HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
        Assert.StartsWith("HTTP/1.1 200", connection.ReadToEnd(), StringComparison.Ordinal);
    }

    /// <summary>How often the kernel has put any of its threads on a processor.</summary>
    private long Switches() => Directory.GetDirectories($"/proc/{_daemon.ProcessId}/task").Sum(static task =>
        long.Parse(File.ReadAllText(Path.Combine(task, "schedstat")).Split(' ')[2], CultureInfo.InvariantCulture));

    private int ResidentKilobytes() => int.Parse(
        File.ReadLines($"/proc/{_daemon.ProcessId}/status").First(static line => line.StartsWith("VmRSS:", StringComparison.Ordinal))["VmRSS:".Length..^3].Trim(),
        CultureInfo.InvariantCulture);
}
