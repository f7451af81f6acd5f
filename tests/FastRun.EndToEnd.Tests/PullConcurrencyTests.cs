using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary>Many processes that want the same, counted by the registry.</summary>
public sealed class PullConcurrencyTests : SandboxTest
{
    private readonly FaultyRegistry _registry = new();
    private readonly OciLayout _layout;

    public PullConcurrencyTests(TestImages images)
        : base(images)
    {
        _layout = new OciLayout(Roots.NewDirectory("layout"));
        byte[] shared = Layer("shared");
        _layout.AddImage("one", [shared, Layer("1")]);
        _layout.AddImage("two", [Layer("2"), shared]);
        _layout.AddImage("three", [Layer("3"), shared, Layer("1")]);
        _registry.Add(_layout);
    }

    private string Name => _registry.Authority + "/app";

    [Fact]
    public async Task Pull_FiftyAtOnce_EachBlobIsFetchedOnce()
    {
        Task<CommandResult>[] pulls = [.. Enumerable.Range(0, 50).Select(_ => Start("pull", Name + ":one"))];
        CommandResult[] results = await Task.WhenAll(pulls);
        Assert.All(results, result => Assert.EndsWith(Name + ":one", result.Output, StringComparison.Ordinal));
        Assert.All(_registry.BlobsFetched().GroupBy(digest => digest), fetched => Assert.Single(fetched));
        Assert.Equal(3, _registry.BlobsFetched().Length);
        Assert.Single(_registry.Requests, request => request.Method == "GET" && request.Path.Contains("/manifests/"));
    }

    [Fact]
    public async Task Pull_ImagesThatShareLayersAtOnce_EachBlobIsFetchedOnce()
    {
        Task<CommandResult>[] pulls = [.. Enumerable.Range(0, 9).Select(i => Start("pull", $"{Name}:{((string[])["one", "two", "three"])[i % 3]}"))];
        CommandResult[] results = await Task.WhenAll(pulls);
        Assert.All(results, result => result.Exits(0));

        // Four layers and three configs.
        Assert.All(_registry.BlobsFetched().GroupBy(digest => digest), fetched => Assert.Single(fetched));
        Assert.Equal(7, _registry.BlobsFetched().Length);
    }

    [Fact]
    public void Pull_TheOneThatFetchesIsKilled_AWaiterTakesOver()
    {
        using ManualResetEventSlim asked = new();
        int blobs = 0;
        _registry.Answer = exchange =>
        {
            if (!exchange.Request.Path.Contains("/blobs/") || Interlocked.Increment(ref blobs) > 1)
            {
                return false;
            }

            asked.Set();
            exchange.Stall();
            return true;
        };
        using Process first = FastRun("pull", Name + ":one").Start();
        Assert.True(asked.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        using Process second = FastRun("pull", Name + ":one").Start();
        string? line;
        do
        {
            line = second.StandardOutput.ReadLine();
            Assert.NotNull(line);
        }
        while (line != "Waiting for another fastrun");

        first.Kill();
        string rest = second.StandardOutput.ReadToEnd();
        Assert.True(second.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(0, second.ExitCode);
        Assert.EndsWith(Name + ":one\n", rest, StringComparison.Ordinal);
        _ = FastRun("gc").Run().Exits(0);
    }

    [Theory]
    [InlineData("INT", 130)]
    [InlineData("TERM", 143)]
    public async Task Pull_SignalInTheMiddle_EndsAndLeavesNothing(string signal, int code)
    {
        using ManualResetEventSlim asked = new();
        _registry.Answer = exchange =>
        {
            if (!exchange.Request.Path.Contains("/blobs/") || exchange.Request.Path.Contains(ConfigDigest()))
            {
                return false;
            }

            exchange.Head(200, $"Content-Length: {new FileInfo(_layout.BlobPath(Path.GetFileName(exchange.Request.Path))).Length}");
            exchange.Send(new byte[] { 0x1f, 0x8b });
            asked.Set();
            exchange.Stall();
            return true;
        };
        using Process pull = FastRun("pull", Name + ":one").Start();
        Task<string> errors = pull.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        Assert.True(asked.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        _ = Command.Output("kill", "-" + signal, pull.Id.ToString(CultureInfo.InvariantCulture));
        Assert.True(pull.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal((code, $"fastrun: interrupted: SIG{signal}\n"), (pull.ExitCode, await errors));
    }

    [Fact]
    public void Exec_SignalWhileAnotherPulls_EndsTheWait()
    {
        using ManualResetEventSlim asked = new();
        _registry.Answer = exchange =>
        {
            if (!exchange.Request.Path.Contains("/blobs/"))
            {
                return false;
            }

            asked.Set();
            exchange.Stall();
            return true;
        };
        using Process first = FastRun("pull", Name + ":one").Start();
        Assert.True(asked.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        using Process second = FastRun("exec", "--no-workspace", Name + ":one", "--", "true").Start();
        Assert.Equal("Waiting for another fastrun", second.StandardError.ReadLine());
        _ = Command.Output("kill", "-INT", second.Id.ToString(CultureInfo.InvariantCulture));
        Assert.True(second.WaitForExit(TimeSpan.FromSeconds(60)));
        Assert.Equal(130, second.ExitCode);
        _ = Command.Output("kill", "-INT", first.Id.ToString(CultureInfo.InvariantCulture));
        Assert.True(first.WaitForExit(TimeSpan.FromSeconds(60)));
    }

    protected override void Dispose(bool disposing)
    {
        _registry.Dispose();
        base.Dispose(disposing);
    }

    private static byte[] Layer(string content) => new LayerTar().File("file-" + content, content).ToArray();

    private string ConfigDigest() =>
        (string)Parse(_layout.BlobPath((string)Parse(Path.Combine(_layout.Directory, "index.json"))["manifests"]![0]!["digest"]!))["config"]!["digest"]!;

    private static JsonNode Parse(string file) => JsonNode.Parse(File.ReadAllText(file))!;

    private Task<CommandResult> Start(params IReadOnlyList<string> arguments) => Task.Factory.StartNew(
        () => (FastRun(arguments) with { Timeout = TimeSpan.FromMinutes(3) }).Run(), TestContext.Current.CancellationToken, TaskCreationOptions.LongRunning, TaskScheduler.Default);
}
