using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using FastRun.EndToEnd.Tests.Containers;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary><c>fastrun ui</c>: who may see the page, and what a browser makes of it.</summary>
public sealed class PageTests : ContainerTest
{
    private readonly Process _process;
    private readonly string _address;
    private readonly Uri _origin;
    private readonly string _token;

    public PageTests(TestImages images)
        : base(images)
    {
        _process = FastRun("ui").Start();
        _address = _process.StandardOutput.ReadLine() ?? _process.StandardError.ReadToEnd();
        Assert.Matches("^http://127.0.0.1:[0-9]+/#token=[0-9a-f]{64}$", _address);
        _origin = new Uri(_address.Split('#')[0]);
        _token = _address.Split("token=")[1];
    }

    [Theory]
    [InlineData("/", false, 200)]
    [InlineData("/page.js", false, 200)]
    [InlineData("/nosuch", false, 404)]
    [InlineData("/../etc/passwd", false, 404)]
    [InlineData("/api/containers/json", false, 401)]
    [InlineData("/api/containers/json", true, 200)]
    [InlineData("/api/volumes", true, 200)]
    [InlineData("/api/containers/nosuch/json", true, 404)]
    [InlineData("/api/containers/x/export", true, 404)]
    [InlineData("/api/containers/x/archive?path=/etc", true, 404)]
    [InlineData("/api/images/get", true, 404)]
    public void Get_WithTheToken_ShowsWhatChangesNothing(string path, bool hasToken, int status)
    {
        using HttpResponseMessage answer = Ask(HttpMethod.Get, path, hasToken ? _token : null);

        Assert.Equal(status, (int)answer.StatusCode);
        string policy = string.Join(' ', answer.Headers.GetValues("Content-Security-Policy"));
        Assert.StartsWith("default-src 'none'; script-src 'self';", policy, StringComparison.Ordinal);
        Assert.DoesNotContain("unsafe", policy, StringComparison.Ordinal);
        Assert.False(answer.Headers.Contains("Access-Control-Allow-Origin"));
    }

    [Fact]
    public void Get_WrongTokens_AreRefused()
    {
        foreach (string wrong in (string[])["", "x", _token[..^1], _token + "0", _token.ToUpperInvariant(), new string('0', 64), new string('a', 20_000)])
        {
            using HttpResponseMessage answer = Ask(HttpMethod.Get, "/api/info", wrong);
            Assert.Equal(401, (int)answer.StatusCode);
        }
    }

    [Theory]
    [InlineData("Host", "attacker.test")]
    [InlineData("Host", "127.0.0.1")]
    [InlineData("Host", "127.0.0.1.attacker.test:80")]
    [InlineData("Origin", "http://attacker.test")]
    [InlineData("Origin", "null")]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    public void Get_FromAnotherSite_IsRefusedWithTheTokenToo(string header, string value)
    {
        using HttpResponseMessage answer = Ask(HttpMethod.Get, "/api/containers/json", _token, (header, value));

        Assert.Equal(403, (int)answer.StatusCode);
    }

    [Theory]
    [InlineData("POST", "/api/containers/web/stop")]
    [InlineData("DELETE", "/api/containers/web")]
    [InlineData("PUT", "/api/containers/web/archive?path=/")]
    [InlineData("OPTIONS", "/api/containers/json")]
    public void Change_WithTheToken_IsRefused(string method, string path)
    {
        Detached(["--name", "web", "--network", "none"], "sleep", "1000");
        using HttpResponseMessage answer = Ask(new HttpMethod(method), path, _token);

        Assert.Equal(405, (int)answer.StatusCode);
        Assert.Equal("running", StateOf("web"));
    }

    [Fact]
    public void Listen_NotOnLoopback_IsRefused() =>
        FastRun("ui", "--listen", "0.0.0.0:0").Run().FailsWith(1, "loopback only", "ssh -L");

    [Fact]
    public void Browser_HostileWords_AreText()
    {
        const string Evil = "<script>document.title='owned'</script><img src=x onerror=\"document.title='owned'\">";
        string report = Path.Combine(Roots.Top, "report.json");
        Run(["--network", "none", "--name", "hostile", "--report", report, "-l", "x=" + Evil], "sh", "-c", "echo \"$0\"; printf '\\033[31mred\\033[0m\\n'; exit 3", Evil).Exits(3);
        string id = FastRun("ps", "-aq", "--no-trunc").Run().Output;
        string page = Dump("&container=" + id);

        // What is escaped in the dump of a document is text in it.
        Assert.Contains("<title>FastRun</title>", page, StringComparison.Ordinal);
        Assert.Contains("&lt;script&gt;document.title='owned'&lt;/script&gt;&lt;img src=x", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<script>document", page, StringComparison.Ordinal);
        Assert.DoesNotContain("<img src=\"x\"", page, StringComparison.Ordinal);
        Assert.DoesNotContain("owned</title>", page, StringComparison.Ordinal);
        Assert.Contains("Exited (3)", page, StringComparison.Ordinal);
        Assert.Contains(">red\n", page, StringComparison.Ordinal);
        // The phases of its start, from the report.
        Assert.Contains("<rect x=\"0\" y=\"0\"", page, StringComparison.Ordinal);
        Assert.Contains("prepare ", page, StringComparison.Ordinal);
    }

    [Fact]
    public void Browser_EachTab_ShowsWhatIsThere()
    {
        FastRun("volume", "create", "kept").Run().Exits(0);
        Detached(["--name", "web", "--network", "none"], "sleep", "1000");

        Assert.Contains("<span class=\"name\">kept</span>", Dump("&tab=volumes"), StringComparison.Ordinal);
        Assert.Contains("<span class=\"name\">none</span>", Dump("&tab=networks"), StringComparison.Ordinal);
        string timeline = Dump("&tab=timeline");
        Assert.Contains("<span class=\"name\">web</span>", timeline, StringComparison.Ordinal);
        Assert.Contains("class=\"bar \"", timeline, StringComparison.Ordinal);
    }

    [Fact]
    public void Browser_WithoutTheToken_SaysWhatIsMissing() =>
        Assert.Contains("open the whole address that fastrun ui printed", Dump(_origin.ToString(), ""), StringComparison.Ordinal);

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Processes.End(_process);
        }

        base.Dispose(disposing);
    }

    private HttpResponseMessage Ask(HttpMethod method, string path, string? token, (string Name, string Value)? header = null)
    {
        using HttpClient client = new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = _origin };
        HttpRequestMessage request = new(method, path);
        if (token is not null)
        {
            request.Headers.TryAddWithoutValidation("X-FastRun-Token", token);
        }

        if (header is var (name, value))
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        return client.Send(request);
    }

    private string Dump(string fragment) => Dump(_address, fragment);

    /// <summary>The document as it is once the page has asked and drawn.</summary>
    private string Dump(string address, string fragment)
    {
        List<string> words =
        [
            "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync",
            "--user-data-dir=" + Roots.NewDirectory("browser-" + Guid.NewGuid().ToString("N")), "--virtual-time-budget=20000", "--dump-dom", address + fragment,
        ];
        return (new Command("chromium", words) { Timeout = TimeSpan.FromSeconds(120) }).Run().Exits(0).Stdout;
    }
}
