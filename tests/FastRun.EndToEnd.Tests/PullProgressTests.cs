using System;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary>What is seen of a pull.</summary>
public sealed class PullProgressTests : SandboxTest
{
    private readonly FaultyRegistry _registry = new();
    private readonly byte[] _layer;
    private readonly string _layerId;

    public PullProgressTests(TestImages images)
        : base(images)
    {
        OciLayout layout = new(Roots.NewDirectory("layout"));
        byte[] content = new byte[400_000];
        new Random(2).NextBytes(content);
        _layer = new LayerTar().File("file", content).ToArray();
        layout.AddImage("latest", [_layer], LayerCompression.None);
        _layerId = OciLayout.DigestOf(_layer)["sha256:".Length..][..12];
        _registry.Add(layout);
    }

    private string Name => _registry.Authority + "/app:latest";

    [Fact]
    public void Pull_Terminal_LineIsDrawnAnewWithBytesAndFitsTheWidth()
    {
        using ManualResetEventSlim goOn = new();
        SendSlowly(goOn);
        using PseudoTerminal terminal = new(FastRun("pull", Name), columns: 60);
        string before = terminal.Settings();
        terminal.Expect($"{_layerId}: Downloading  100kB/");
        goOn.Set();
        terminal.Expect($"{_layerId}: Pull complete");
        Assert.Equal(0, terminal.Wait());
        Assert.Equal(before, terminal.Settings());
        terminal.Expect("Status: Downloaded newer image");
        Assert.Contains("\u001b[1A", terminal.Seen, StringComparison.Ordinal);
        Assert.All(
            terminal.Seen.Split('\r', '\n').Where(line => line.Contains("Downloading", StringComparison.Ordinal)),
            line => Assert.True(line.Replace("\u001b[K", "", StringComparison.Ordinal).Length < 60 + 10, line));
    }

    [Fact]
    public void Pull_InterruptedOnATerminal_CursorIsBelowAndSettingsAreBack()
    {
        using ManualResetEventSlim goOn = new();
        SendSlowly(goOn);
        using PseudoTerminal terminal = new(FastRun("pull", Name));
        string before = terminal.Settings();
        terminal.Expect($"{_layerId}: Downloading");
        terminal.Type("\u0003");
        Assert.Equal(130, terminal.Wait());
        Assert.Equal(before, terminal.Settings());
        terminal.Expect("fastrun: interrupted: SIGINT");
        goOn.Set();
    }

    [Fact]
    public void Pull_Json_DockersMessages()
    {
        using ManualResetEventSlim goOn = new();
        SendSlowly(goOn, TimeSpan.FromMilliseconds(400));
        string[] lines = FastRun("pull", "--progress", "json", Name).Run().Lines;
        JsonNode[] messages = [.. lines[..^1].Select(line => JsonNode.Parse(line)!)];
        Assert.Equal(("Pulling from app", "latest"), ((string?)messages[0]["status"], (string?)messages[0]["id"]));
        JsonNode download = messages.First(message => (string?)message["status"] == "Downloading");
        Assert.Equal(_layerId, (string?)download["id"]);
        Assert.Equal(_layer.Length, (long)download["progressDetail"]!["total"]!);
        Assert.InRange((long)download["progressDetail"]!["current"]!, 0, _layer.Length);
        Assert.Contains(messages, message => (string?)message["status"] == "Pull complete" && (string?)message["id"] == _layerId);
        Assert.Equal($"Status: Downloaded newer image for {Name}", (string?)messages[^1]["status"]);
    }

    [Theory]
    [InlineData("--quiet")]
    [InlineData("--progress=none")]
    public void Exec_Quiet_NotAWord(string flag)
    {
        CommandResult result = FastRun("exec", "--no-workspace", flag, Name, "--", "/missing").Run().Exits(127);
        Assert.DoesNotContain("Pull", result.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Exec_Plain_OnStandardErrorOnly()
    {
        CommandResult result = FastRun("exec", "--no-workspace", "--timings", Name, "--", "/missing").Run().Exits(127);
        Assert.Equal("", result.Stdout);
        Assert.Contains($"{_layerId}: Pull complete\n", result.Stderr, StringComparison.Ordinal);
        Assert.Matches($"{_layerId} +[0-9.]+ ms +[0-9.]+kB +read ", result.Stderr);
        _ = FastRun("pull", "--progress", "colourful", Name).Run().FailsWith(125, "must be auto, tty, plain, json or none");
    }

    protected override void Dispose(bool disposing)
    {
        _registry.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>The layer's first 100 kB, and the rest when the test says so or the time is over.</summary>
    private void SendSlowly(ManualResetEventSlim goOn, TimeSpan? atMost = null) => _registry.Answer = exchange =>
    {
        if (!exchange.Request.Path.Contains("/blobs/" + OciLayout.DigestOf(_layer)))
        {
            return false;
        }

        exchange.Head(200, $"Content-Length: {_layer.Length}");
        exchange.Send(_layer.AsSpan(0, 100_000));
        goOn.Wait(atMost ?? TimeSpan.FromSeconds(60));
        exchange.Send(_layer.AsSpan(100_000));
        return true;
    };
}
