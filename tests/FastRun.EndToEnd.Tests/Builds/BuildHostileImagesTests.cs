using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary>Base images and caches that others have made: docs/security.md, "Builds".</summary>
public sealed class BuildHostileImagesTests : BuildTest
{
    private readonly string _host;

    public BuildHostileImagesTests(TestImages images)
        : base(images)
    {
        _host = Roots.NewDirectory("host");
        File.WriteAllText(Path.Combine(_host, "passwd"), "evil:x:0:0:of the host:/:/bin/sh\n");
        File.WriteAllText(Path.Combine(_host, "group"), "evil:x:0:\n");
    }

    [Theory]
    [InlineData("etc")]
    [InlineData("proc")]
    [InlineData("sys")]
    [InlineData("dev")]
    [InlineData("run")]
    [InlineData("work")]
    [InlineData("etc/passwd")]
    [InlineData("etc/hosts")]
    public void Build_ABaseWhoseFilesAreLinksToTheHost_StaysInItself(string path)
    {
        string target = path == "etc/passwd" ? _host + "/passwd" : path == "etc/hosts" ? _host + "/new" : _host;
        Write("f", "of the context");
        foreach (string instruction in (string[])["USER evil\nRUN true", "COPY --chown=evil f /x", "WORKDIR /work/dir", "COPY f /work/new", "COPY f /etc/hosts", "RUN --mount=type=tmpfs,target=/work/tmp touch /work/tmp/x; echo x > /etc/hosts", "RUN --mount=type=secret,id=s,target=/run/secrets/s true"])
        {
            CommandResult result = From(new LayerTar().Whiteout(".", path).SymbolicLink(path, target), [], instruction);
            Assert.DoesNotContain("of the host", result.Stderr, StringComparison.Ordinal);
            Assert.Equal(["group", "passwd"], Directory.GetFileSystemEntries(_host).Select(Path.GetFileName).Order(StringComparer.Ordinal));
            if (instruction.Contains("evil", StringComparison.Ordinal))
            {
                _ = result.Exits(1);
            }
        }
    }

    [Theory]
    [InlineData("fifo")]
    [InlineData("device")]
    [InlineData("directory")]
    public void Build_APasswdThatIsNoFile_IsABoundedError(string kind)
    {
        LayerTar layer = new LayerTar().Whiteout("etc", "passwd");
        layer = kind switch
        {
            "fifo" => layer.Fifo("etc/passwd"),
            "device" => layer.CharacterDevice("etc/passwd", 1, 5),
            _ => layer.Directory("etc/passwd"),
        };
        _ = From(layer, [], "USER build\nRUN true").Exits(1);
        _ = From(layer, [], "COPY --chown=build Dockerfile /x").Exits(1);
    }

    [Fact]
    public void Build_WhiteoutsOfABase_HideItsOwnFilesAlone()
    {
        LayerTar layer = new LayerTar().Whiteout("etc", "passwd").Whiteout(".", "..").Whiteout("../../../.." + _host, "passwd");
        _ = From(layer, [], "RUN test ! -e /etc/passwd");
        Assert.True(File.Exists(Path.Combine(_host, "passwd")));
    }

    [Theory]
    [InlineData("FROM scratch", "FROM isn't allowed as an ONBUILD trigger")]
    [InlineData("ONBUILD RUN true", "isn't allowed")]
    [InlineData("MAINTAINER me", "MAINTAINER isn't allowed as an ONBUILD trigger")]
    [InlineData("GARBAGE", "unknown instruction")]
    [InlineData("", "")]
    [InlineData("RUN true\nFROM scratch", "")]
    [InlineData("RUN <<EOF\nnever closed", "")]
    [InlineData("RUN --network=host true", "network.host is not allowed")]
    [InlineData("RUN --security=insecure true", "security.insecure is not allowed")]
    [InlineData("COPY --from=../../../etc /passwd /x", "")]
    [InlineData("COPY ../../../../../../etc/passwd /x", "not found")]
    [InlineData("ADD file:///etc/passwd /x", "")]
    public void Build_AHostileTrigger_IsRefused(string trigger, string words)
    {
        CommandResult result = From(new LayerTar().File("mark", "x"), [trigger], "RUN true").Exits(1);
        Assert.Contains(words, result.Stderr, StringComparison.Ordinal);
        _ = Assert.Single(result.Stderr.Split('\n'), static each => each.StartsWith("fastrun: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Build_TooManyTriggers_AreABoundedError() =>
        Assert.Contains("triggers: 1000 at most", From(new LayerTar().File("mark", "x"), [.. Enumerable.Repeat("ENV A=1", 30_000)], "RUN true").Exits(1).Stderr, StringComparison.Ordinal);

    /// <summary>CVE-2024-24557: an image whose history says what a Dockerfile says was taken for its result.</summary>
    [Fact]
    public void Build_AnImageThatClaimsToBeAStep_IsNotItsResult()
    {
        Write("file", "of the context");
        const string dockerfile = "FROM scratch\nCOPY file /file\nFROM busybox\nCOPY file /file\n";
        byte[] evil = new LayerTar().File("file", "poisoned").ToArray();
        OciLayout layout = new(Path.Combine(Roots.Top, "poison"));
        layout.AddImage("latest", [evil], edit: static (config, _) =>
        {
            config["created"] = "2020-01-01T00:00:00Z";
            config["parent"] = "";
            config["history"] = new JsonArray(new JsonObject { ["created_by"] = "COPY file /file # buildkit" });
            config["container_config"] = new JsonObject { ["Cmd"] = new JsonArray("/bin/sh", "-c", "#(nop) COPY file /file") };
        });
        _ = Build("FROM evil\nCOPY file /other\n", "--build-context", "evil=oci-layout://" + layout.Directory + ":latest", "-t", "evil");
        string first = Path.Combine(Roots.Top, "first");
        string second = Path.Combine(Roots.Top, "second");
        _ = Build(dockerfile.Split("FROM busybox")[0], "-o", first);
        _ = Build(dockerfile, "--cache-from", "evil", "-o", second);
        Assert.Equal("of the context", File.ReadAllText(Path.Combine(first, "file")));
        Assert.Equal("of the context", File.ReadAllText(Path.Combine(second, "file")));
    }

    [Theory]
    [InlineData("../../../escape")]
    [InlineData("/absolute/../..")]
    [InlineData("..")]
    [InlineData("a/b")]
    public void Build_TheNameOfACacheMount_IsNoPath(string id)
    {
        _ = Build($"FROM busybox\nRUN --mount=type=cache,id={id},target=/c echo x > /c/file\n");
        string mounts = Path.Combine(Roots.Data, "build-cache", "mounts");
        string mount = Assert.Single(Directory.GetDirectories(mounts));
        Assert.Matches("^[0-9a-f]{64}-0$", Path.GetFileName(mount));
        Assert.True(File.Exists(Path.Combine(mount, "data", "file")));
        Assert.Contains(id, FastRun("builder", "du").Run().Output, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_AWorkingDirectoryInProc_IsNoWayOut()
    {
        // CVE-2024-21626: a descriptor that the builder has left open.
        for (int number = 3; number < 20; number++)
        {
            CommandResult result = BuildCommand($"FROM busybox\nWORKDIR /proc/self/fd/{number}\nRUN pwd; ls ../../../../../../..{_host} 2>/dev/null && cat ../../../../../../..{_host}/passwd\n").Run();
            _ = result.Exits(1);
            Assert.DoesNotContain("of the host", result.Stderr, StringComparison.Ordinal);
        }
    }

    /// <summary>Builds an instruction upon busybox with one more layer, and triggers.</summary>
    private CommandResult From(LayerTar layer, IReadOnlyList<string> triggers, string instruction)
    {
        OciLayout layout = new(Path.Combine(Roots.Top, "base-" + Guid.NewGuid().ToString("N")));
        JsonObject config = new() { ["Env"] = new JsonArray("PATH=/bin:/usr/bin") };
        if (triggers.Count > 0)
        {
            config["OnBuild"] = new JsonArray([.. triggers.Select(static trigger => (JsonNode)trigger)]);
        }

        layout.AddImage("latest", [BusyboxRoot.Tar().ToArray(), layer.ToArray()], config: config);
        CommandResult result = BuildCommand(
            $"FROM evil\n{instruction}\n", "--build-context", "evil=oci-layout://" + layout.Directory + ":latest", "--secret", "id=s,src=" + Roots.NewFile("secret", "x")).Run();
        Assert.True(result.ExitCode is 0 or 1, result.ToString());
        return result;
    }
}
