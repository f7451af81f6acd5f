using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary>Pushes that are killed, that lose their registry, and whose image somebody wants to remove.</summary>
public sealed class PushFaultsTests : SandboxTest
{
    private readonly FaultyRegistry _registry = new();
    private readonly OciLayout _layout;

    public PushFaultsTests(TestImages images)
        : base(images)
    {
        _layout = new OciLayout(Roots.NewDirectory("layout"));
        byte[] large = new byte[6_000_000];
        new Random(1).NextBytes(large);
        _layout.AddImage("app", [BusyboxRoot.Tar().ToArray(), new LayerTar().File("large", large).ToArray()]);
        FastRun("exec", "--no-workspace", _layout.Reference, "--", "true").Run().Exits(0);
        FastRun("tag", "localhost/layout:app", Name).Run().Exits(0);
    }

    private string Name => _registry.Authority + "/app:latest";

    [Theory]
    [InlineData("PATCH")]
    [InlineData("PUT")]
    public void Push_Killed_NothingIsClaimedAndTheNextOneCompletes(string method)
    {
        using ManualResetEventSlim reached = new();
        _registry.Answer = exchange =>
        {
            if (exchange.Request.Method != method || reached.IsSet)
            {
                return false;
            }

            reached.Set();
            exchange.Stall();
            return true;
        };
        using (Process push = Start("push", Name))
        {
            Assert.True(reached.Wait(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
            push.Kill();
            push.WaitForExit();
        }

        Assert.Null(_registry.Manifest("latest"));
        Assert.StartsWith("latest: digest: ", FastRun("push", Name).Run().Lines[^1], StringComparison.Ordinal);
        Verify();
        Assert.Equal("hello", FastRun("exec", "--no-workspace", "--offline", Name, "--", "echo", "hello").Run().Output);
    }

    [Fact]
    public void Push_ConnectionsBreak_GoesOnWhereTheRegistryIs()
    {
        int breaks = 0;
        _registry.BodyLimit = request => request.Method == "PATCH" && Interlocked.Increment(ref breaks) <= 3 ? 700_000 : null;
        Assert.StartsWith("latest: digest: ", FastRun("push", Name).Run().Lines[^1], StringComparison.Ordinal);
        Verify();
    }

    [Fact]
    public void Push_RegistryBreaksForEver_FailsWithoutATag()
    {
        _registry.Answer = static exchange =>
        {
            if (exchange.Request.Method == "POST")
            {
                exchange.RespondError(503, "UNAVAILABLE", "down for \\u001b[2J maintenance", "Retry-After: 0");
                return true;
            }

            return false;
        };
        CommandResult result = FastRun("push", Name).Run();
        _ = result.FailsWith(1, "answers 503: unavailable: down for");
        Assert.DoesNotContain("\u001b[2J", result.Stderr + result.Stdout, StringComparison.Ordinal);
        Assert.Null(_registry.Manifest("latest"));
    }

    [Fact]
    public void Push_ManifestIsAnsweredWithAnotherDigest_Fails()
    {
        _registry.Answer = static exchange =>
        {
            if (exchange.Request.Method == "PUT" && exchange.Request.Path.Contains("/manifests/", StringComparison.Ordinal))
            {
                exchange.Respond(201, [], "Docker-Content-Digest: sha256:" + new string('1', 64));
                return true;
            }

            return false;
        };
        _ = FastRun("push", Name).Run().FailsWith(1, "the registry has the manifest with the digest sha256:1111");
    }

    [Fact]
    public void Push_FileOfALayerChanged_NamesTheLayerAndSendsNoManifest()
    {
        string[] changed = [.. Directory.EnumerateFiles(Path.Combine(Roots.Data, "layers"), "large", SearchOption.AllDirectories)];
        Assert.NotEmpty(changed);
        foreach (string path in changed)
        {
            using FileStream file = File.OpenWrite(path);
            file.WriteByte(1);
            file.WriteByte(2);
        }

        _ = FastRun("push", Name).Run().FailsWith(1, "cannot be made again: its files were changed");
        Assert.Null(_registry.Manifest("latest"));
    }

    [Fact]
    public void Remove_WhileItIsPushed_IsInUse()
    {
        using ManualResetEventSlim reached = new();
        using ManualResetEventSlim goOn = new();
        _registry.Answer = exchange =>
        {
            if (exchange.Request.Method == "PATCH" && !goOn.IsSet)
            {
                reached.Set();
                goOn.Wait(TimeSpan.FromMinutes(2));
            }

            return false;
        };
        using Process push = Start("push", Name);
        Assert.True(reached.Wait(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
        string id = FastRun("images", "-q", Name).Run().Output;
        _ = FastRun("rmi", "-f", id).Run().FailsWith(1, "in use");
        _ = FastRun("gc").Run().Exits(0);
        goOn.Set();
        push.WaitForExit();
        Assert.Equal(0, push.ExitCode);
        Verify();
    }

    [Fact]
    public void Push_Interrupted_EndsWithTheSignal()
    {
        using ManualResetEventSlim reached = new();
        _registry.Answer = exchange =>
        {
            if (exchange.Request.Method != "PATCH")
            {
                return false;
            }

            reached.Set();
            exchange.Stall();
            return true;
        };
        using Process push = Start("push", Name);
        Assert.True(reached.Wait(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken));
        _ = Command.Output("kill", "-INT", push.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
        push.WaitForExit();
        Assert.Equal(130, push.ExitCode);
        Assert.Null(_registry.Manifest("latest"));
    }

    protected override void Dispose(bool disposing)
    {
        _registry.Dispose();
        base.Dispose(disposing);
    }

    private Process Start(params IReadOnlyList<string> arguments) =>
        Process.Start(new ProcessStartInfo(Repository.Binary, [.. Roots.Options, .. arguments])
        {
            WorkingDirectory = Roots.Top,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;

    /// <summary>All that the manifest names is there.</summary>
    private void Verify()
    {
        byte[] manifest = _registry.Manifest("latest")!;
        System.Text.Json.Nodes.JsonNode document = System.Text.Json.Nodes.JsonNode.Parse(manifest)!;
        foreach (System.Text.Json.Nodes.JsonNode? blob in document["layers"]!.AsArray().Append(document["config"]))
        {
            byte[] content = _registry.Blob((string)blob!["digest"]!)!;
            Assert.Equal((int)blob["size"]!, content.Length);
            Assert.Equal((string)blob["digest"]!, FaultyRegistry.DigestOf(content));
        }
    }
}
