using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>
/// Images that have their name but not their id yet: of a commit that is hashing, or that was killed before it had (docs/adr/0019-images-before-their-ids.md).
/// </summary>
public sealed class ProvisionalImageTests(TestImages images) : ContainerTest(images)
{
    private const int SigKill = 137;

    [Fact]
    public void Provisional_OfAKilledCommit_IsAnImageLikeOthers()
    {
        string provisional = CommitAndKill();

        Assert.Equal("kept", FastRun("exec", "--no-workspace", "made", "--", "cat", "/file").Run().Output);
        Assert.Equal("made", FastRun("images", "--format", "{{.Repository}}", "made").Run().Output);
        Assert.Equal(provisional, FastRun("image", "inspect", "-f", "{{.Id}}", "made").Run().Output);
        Assert.Equal(provisional, FastRun("history", "-q", "--no-trunc", "made").Run().Lines[0]);
        _ = FastRun("tag", "made", "other:1").Run().Exits(0);
        Assert.Equal("Untagged: made:latest", FastRun("rmi", "made").Run().Output);
        Assert.Equal("kept", FastRun("exec", "--no-workspace", "other:1", "--", "cat", "/file").Run().Output);
        Assert.Equal(["Untagged: other:1", "Deleted: " + provisional], FastRun("rmi", "other:1").Run().Lines);
        AssertNothingStays();
    }

    [Theory]
    [InlineData("push")]
    [InlineData("save")]
    [InlineData("serve")]
    public void Provisional_ThatLeaves_GetsItsIdEverywhere(string how)
    {
        string provisional = CommitAndKill();
        string user = FastRun("run", "-d", "--name", "user", "made", "sleep", "1000").Run().Output;
        _ = FastRun("create", "--name", "idle", "made", "cat", "/file").Run().Exits(0);
        _ = FastRun("tag", "made", "other:1").Run().Exits(0);
        Assert.Equal(provisional, FastRun("inspect", "-f", "{{.Image}}", "user").Run().Output);

        Leave(how);

        // The names, the containers and their filters have the id that the image has elsewhere.
        string id = FastRun("images", "-q", "--no-trunc", "made").Run().Output;
        Assert.NotEqual(provisional, id);
        Assert.Equal(id, FastRun("images", "-q", "--no-trunc", "other").Run().Output);
        Assert.Equal("kept", Elsewhere(id));
        Assert.Equal($"{id}\n{id}", FastRun("inspect", "-f", "{{.Image}}", "user", "idle").Run().Output);
        Assert.Equal(2, FastRun("ps", "-aq", "--filter", "ancestor=made").Run().Lines.Length);
        Assert.Equal(2, FastRun("ps", "-aq", "--filter", "ancestor=" + id).Run().Lines.Length);
        Assert.DoesNotContain(provisional, FastRun("images", "-aq", "--no-trunc").Run().Output, StringComparison.Ordinal);

        // The containers need it, by whichever of its names.
        _ = FastRun("rmi", "other:1").Run().Exits(0);
        _ = FastRun("gc").Run().Exits(0);
        FastRun("rmi", "made").Run().FailsWith(1, $"container {user[..12]} is using its referenced image {id["sha256:".Length..][..12]}");
        _ = FastRun("image", "prune", "-af").Run().Exits(0);
        Assert.Equal("kept", FastRun("start", "-a", "idle").Run().Output);
        _ = FastRun("system", "check").Run().Exits(0);

        _ = FastRun("rm", "-f", "user", "idle").Run().Exits(0);
        Assert.Equal("Deleted: " + id, FastRun("rmi", "-f", id).Run().Lines[^1]);
        AssertNothingStays();
    }

    [Fact]
    public void Container_StartedWhileTheImageIsHashed_HasTheIdThatTheCommitPrints()
    {
        // A sparse file costs the disk nothing, and takes its time to be hashed.
        _ = FastRun("run", "--name", "box", Images.Busybox, "sh", "-c", "echo kept > /file; truncate -s 512M /large").Run().Exits(0);
        using Process commit = FastRun("commit", "box", "made").Start();
        string link = Path.Combine(Roots.Data, "images/docker.io/library/made/_tags/latest");
        Assert.True(Processes.Eventually(() => new FileInfo(link).LinkTarget is not null));
        _ = FastRun("run", "-d", "--name", "user", "made", "sleep", "1000").Run().Exits(0);
        Assert.Equal("kept", FastRun("exec", "user", "cat", "/file").Run().Output);

        string id = commit.StandardOutput.ReadToEnd().TrimEnd();
        commit.WaitForExit();
        Assert.Equal(0, commit.ExitCode);

        Assert.Equal(id, FastRun("inspect", "-f", "{{.Image}}", "user").Run().Output);
        Assert.Equal(id, FastRun("images", "-q", "--no-trunc", "made").Run().Output);
        _ = FastRun("rm", "-f", "user", "box").Run().Exits(0);
        _ = FastRun("rmi", "made").Run().Exits(0);
        AssertNothingStays();
    }

    /// <summary>Kills a commit as soon as its image has its name, and returns the id that it has then.</summary>
    private string CommitAndKill()
    {
        _ = FastRun("run", "--name", "box", Images.Busybox, "sh", "-c", "echo kept > /file").Run().Exits(0);
        for (int point = 1; ; point++)
        {
            CommandResult killed = (FastRun("commit", "box", "made") with
            {
                Environment = new Dictionary<string, string?> { ["FASTRUN_TEST_KILL_AT"] = point.ToString(CultureInfo.InvariantCulture) },
            }).Run();
            Assert.Equal(SigKill, killed.ExitCode);
            if (FastRun("images", "-q", "--no-trunc", "made").Run().Output is { Length: > 0 } id)
            {
                _ = FastRun("rm", "box").Run().Exits(0);
                return id;
            }
        }
    }

    private string Saved => Path.Combine(Roots.Top, "saved.tar");

    private void Leave(string how)
    {
        switch (how)
        {
            case "push":
                using (OwnRegistry registry = new(Path.Combine(Roots.Top, "registry")))
                {
                    string name = registry.Authority + "/made:1";
                    _ = FastRun("tag", "made", name).Run().Exits(0);
                    Assert.StartsWith("1: digest: sha256:", FastRun("push", name).Run().Lines[^1], StringComparison.Ordinal);
                    _ = FastRun("rmi", name).Run().Exits(0);
                    _ = Command.Output("skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", "docker://" + name, $"docker-archive:{Saved}:made:latest");
                }

                break;
            case "serve":
                using (OwnRegistry registry = new(null, [.. Roots.Options, "--local"]))
                {
                    _ = Command.Output(
                        "skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", $"docker://{registry.Authority}/library/made:latest", $"docker-archive:{Saved}:made:latest");
                }

                break;
            default:
                _ = FastRun("save", "-o", Saved, "made").Run().Exits(0);
                break;
        }
    }

    /// <summary>What the image holds in a store of its own, where it must have the same id.</summary>
    private string Elsewhere(string id)
    {
        string[] roots = ["--data-root", Path.Combine(Roots.Top, "elsewhere"), "--run-root", Path.Combine(Roots.Top, "elsewhere-run")];
        _ = new Command(Repository.Binary, [.. roots, "load", "-i", Saved]).Run().Exits(0);
        Assert.Equal(id, new Command(Repository.Binary, [.. roots, "images", "-q", "--no-trunc"]).Run().Output);
        JsonNode layers = JsonNode.Parse(FastRun("image", "inspect", "made").Run().Output)![0]!["RootFS"]!["Layers"]!;
        Assert.Equal(2, layers.AsArray().Count);
        return new Command(Repository.Binary, [.. roots, "exec", "--no-workspace", "made", "--", "cat", "/file"]).Run().Output;
    }

    private void AssertNothingStays()
    {
        _ = FastRun("image", "prune", "-af").Run().Exits(0);
        _ = FastRun("gc").Run().Exits(0);
        Assert.Equal("", FastRun("images", "-aq").Run().Output);
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "images", "_ids")));
        string settled = Path.Combine(Roots.Data, "images", "_settled");
        Assert.Empty(Directory.Exists(settled) ? Directory.EnumerateFileSystemEntries(settled) : []);
        Assert.Equal(["_diffs"], Directory.GetDirectories(Path.Combine(Roots.Data, "layers")).Select(Path.GetFileName));
        Assert.Empty(Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "content", "sha256")));
    }
}
