using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using System.Text;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Registries;

/// <summary><c>registry serve --access-log</c>: a line for each request, in the combined log format with the seconds behind it.</summary>
public sealed class RegistryAccessLogTests : IDisposable
{
    private const string Form = """^127\.0\.0\.1 - (-|me) \[\d{2}/[A-Z][a-z]{2}/\d{4}:\d{2}:\d{2}:\d{2} \+0000\] "[A-Z]+ [^" ]+ HTTP/1\.1" \d{3} \d+ "-" ".*" \d+\.\d{3}$""";

    private readonly StateRoots _roots = new();

    private string Log => Path.Combine(_roots.Top, "access.log");

    public void Dispose() => _roots.Dispose();

    [Fact]
    public void Log_EachRequest_IsALineWithUserStatusAndBytes()
    {
        string users = _roots.NewFile("users", Command.Output("htpasswd", "-nbB", "-C", "4", "me", "secret"));
        byte[] blob = OwnRegistry.Bytes(1234);
        using (OwnRegistry registry = new(Path.Combine(_roots.Top, "registry"), ["--access-log", Log, "--htpasswd", users]))
        {
            Assert.Equal(401, registry.Status(HttpMethod.Get, "/v2/"));
            registry.Client.DefaultRequestHeaders.Authorization = new("Basic", Convert.ToBase64String("me:secret"u8));
            registry.Client.DefaultRequestHeaders.TryAddWithoutValidation("User-Agent", "a \"quoted\" \\ agent");
            string digest = registry.PushBlob("a/b", blob);
            Assert.Equal(blob, registry.Get("/v2/a/b/blobs/" + digest));
            Assert.Equal(200, registry.Status(HttpMethod.Head, "/v2/a/b/blobs/" + digest));
            Assert.Equal(404, registry.Status(HttpMethod.Get, "/v2/a/b/manifests/none?x=%0a%22"));
            Assert.Equal(0, registry.Terminate());
        }

        string[] lines = File.ReadAllLines(Log);
        Assert.All(lines, static line => Assert.Matches(Form, line));
        List<string> said = [.. lines.Select(static line => line[(line.IndexOf(']', StringComparison.Ordinal) + 2)..])];
        Assert.Equal(5, said.Count);
        Assert.StartsWith("\"GET /v2/ HTTP/1.1\" 401 ", said[0], StringComparison.Ordinal);
        Assert.Contains(" - - [", lines[0], StringComparison.Ordinal);
        Assert.All(lines[1..], static line => Assert.Contains(" - me [", line, StringComparison.Ordinal));
        Assert.Contains("HTTP/1.1\" 201 0 \"-\" \"a \\\"quoted\\\" \\\\ agent\" ", said[1], StringComparison.Ordinal);
        Assert.Contains("HTTP/1.1\" 200 1234 ", said[2], StringComparison.Ordinal);
        Assert.Contains("\"HEAD ", said[3], StringComparison.Ordinal);
        Assert.Contains(" 200 0 ", said[3], StringComparison.Ordinal);
        Assert.StartsWith("\"GET /v2/a/b/manifests/none?x=%0a%22 HTTP/1.1\" 404 ", said[4], StringComparison.Ordinal);
        Assert.Equal(UnixFileMode.None, File.GetUnixFileMode(Log) & (UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.GroupWrite));
    }

    [Fact]
    public void Log_ThatCannotBeWritten_RefusesNoRequest()
    {
        new Command(Repository.Binary, "registry", "serve", "--listen", "127.0.0.1:0", "--access-log", Path.Combine(_roots.Top, "no/where"), Path.Combine(_roots.Top, "registry")).Run()
            .FailsWith(1, "no such file or directory");
        using OwnRegistry registry = new(Path.Combine(_roots.Top, "registry"), ["--access-log", "/dev/full"]);
        Assert.Equal(200, registry.Status(HttpMethod.Get, "/v2/"));
        byte[] blob = OwnRegistry.Bytes(100);
        Assert.Equal(blob, registry.Get("/v2/a/blobs/" + registry.PushBlob("a", blob)));
    }

    [Fact]
    public void Log_Truncated_GoesOnAtItsBeginning()
    {
        using OwnRegistry registry = new(Path.Combine(_roots.Top, "registry"), ["--access-log", Log]);
        Assert.Equal(200, registry.Status(HttpMethod.Get, "/v2/"));
        Assert.True(Processes.Eventually(() => new FileInfo(Log).Length > 0));
        File.WriteAllText(Log, "");
        Assert.Equal(404, registry.Status(HttpMethod.Get, "/other"));

        // The line follows the answer.
        Assert.True(Processes.Eventually(() => File.ReadAllText(Log).EndsWith('\n')));
        string line = Assert.Single(File.ReadAllLines(Log));
        Assert.Contains("\"GET /other HTTP/1.1\" 404 ", line, StringComparison.Ordinal);
        Assert.DoesNotContain("\0", Encoding.UTF8.GetString(File.ReadAllBytes(Log)), StringComparison.Ordinal);
    }
}
