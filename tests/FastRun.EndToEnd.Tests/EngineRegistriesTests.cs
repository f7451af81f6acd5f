using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net.Http;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary>
/// What FastRun pushes is what docker and podman pull, and the other way round, through the distribution project's registry and through
/// FastRun's own. A commit of ours and one of theirs goes through each.
/// </summary>
public sealed class EngineRegistriesTests(TestImages images) : SandboxTest(images)
{
    private const string Made = "example.test/made:1";

    public static TheoryData<string> Registries => ["docker-registry", "fastrun registry serve"];

    [Theory]
    [MemberData(nameof(Registries))]
    public void Docker_PullsWhatIsPushedAndPushesWhatIsPulled(string kind)
    {
        string id = Commit();
        Pull(kind, registry =>
        {
            string ours = registry + "/team/ours:1";
            string digest = Push(ours);
            using DockerDaemon docker = new(Roots.NewDirectory("docker"));
            Assert.Contains("Digest: " + digest, docker.Output("pull", ours), StringComparison.Ordinal);
            Assert.Equal(id, docker.Output("image", "inspect", "-f", "{{.Id}}", ours));

            // Docker compresses again: another manifest, the same image. The blobs that it can mount are mounted.
            string theirs = registry + "/team/theirs:1";
            _ = docker.Output("tag", ours, theirs);
            Assert.Contains("1: digest: sha256:", docker.Output("push", theirs), StringComparison.Ordinal);
            PullAndRun(theirs, id);

            string made = registry + "/import:1";
            string tar = Path.Combine(Roots.Top, "tree.tar");
            File.WriteAllBytes(tar, BusyboxRoot.SmallTar().ToArray());
            string imported = docker.Output("import", tar, made);
            _ = docker.Output("push", made);
            _ = FastRun("pull", "-q", made).Run().Exits(0);
            Assert.Equal(imported, FastRun("images", "-q", "--no-trunc", made).Run().Output);
        });
    }

    [Theory]
    [MemberData(nameof(Registries))]
    public void Podman_PullsWhatIsPushedAndPushesWhatIsPulled(string kind)
    {
        string id = Commit();
        Podman podman = new(Roots);
        Pull(kind, registry =>
        {
            string ours = registry + "/team/ours:1";
            _ = Push(ours);
            Assert.Equal(id, "sha256:" + podman.Output("pull", "-q", "--tls-verify=false", ours));
            foreach (string format in (string[])["oci", "v2s2"])
            {
                string theirs = $"{registry}/team/{format}:1";
                _ = podman.Output("push", "-q", "--tls-verify=false", "--format", format, ours, theirs);
                PullAndRun(theirs, format == "oci" ? id : null);
            }

            string zstd = registry + "/team/zstd:1";
            _ = FastRun("tag", Made, zstd).Run().Exits(0);
            _ = FastRun("push", "-q", "--compression", "zstd", "--force-compression", zstd).Run().Exits(0);
            Assert.Equal(id, "sha256:" + podman.Output("pull", "-q", "--tls-verify=false", zstd));
        });
    }

    [Fact]
    public void OwnRegistry_TakesPushesMountsAndServesThem()
    {
        using OwnRegistry registry = new(Path.Combine(Roots.Top, "registry"));
        string id = Commit();
        string first = $"{registry.Authority}/team/first:v1";
        string digest = Push(first);
        Assert.Equal(digest, OwnRegistry.Sha256(registry.Get("/v2/team/first/manifests/v1")));
        Assert.All(FastRun("push", first).Run().Lines[1..^1], static line => Assert.EndsWith(": Layer already exists", line, StringComparison.Ordinal));

        string second = $"{registry.Authority}/second";
        _ = FastRun("tag", first, second).Run().Exits(0);
        _ = FastRun("tag", first, second + ":other").Run().Exits(0);
        string[] lines = FastRun("push", "-a", second).Run().Lines;
        Assert.Equal($"The push refers to repository [{second}]", lines[0]);
        Assert.Contains(lines, static line => line.EndsWith(": Mounted from team/first", StringComparison.Ordinal));
        Assert.Equal(2, lines.Count(line => line.Contains($": digest: {digest} size: ", StringComparison.Ordinal)));
        Assert.Equal("""["latest","other"]""", System.Text.Json.Nodes.JsonNode.Parse(registry.Get("/v2/second/tags/list"))!["tags"]!.ToJsonString());

        // skopeo both ways.
        string copy = Path.Combine(Roots.Top, "copy");
        _ = Command.Output("skopeo", "--insecure-policy", "copy", "-q", "--src-tls-verify=false", "docker://" + second, $"oci:{copy}:x");
        _ = Command.Output("skopeo", "--insecure-policy", "copy", "-q", "--dest-tls-verify=false", $"oci:{copy}:x", $"docker://{registry.Authority}/third:1");
        Assert.Equal(digest, OwnRegistry.Sha256(registry.Get("/v2/third/manifests/1")));
        PullAndRun($"{registry.Authority}/third:1", id);
    }

    [Fact]
    public void OwnRegistry_WithAPassword_TakesAndMountsForWhoLogsIn()
    {
        string users = Roots.NewFile("users", Command.Output("htpasswd", "-nbB", "-C", "4", "me", "secret"));
        using OwnRegistry registry = new(Path.Combine(Roots.Top, "registry"), ["--htpasswd", users]);
        Dictionary<string, string?> environment = new() { ["DOCKER_CONFIG"] = Roots.NewDirectory("config") };
        _ = Commit();
        string first = $"{registry.Authority}/first:1";
        string second = $"{registry.Authority}/second:1";
        _ = FastRun("tag", Made, first).Run().Exits(0);
        _ = FastRun("tag", Made, second).Run().Exits(0);
        (FastRun("push", first) with { Environment = environment }).Run().FailsWith(1, "push access denied", "fastrun login");
        _ = (FastRun("login", "-u", "me", "-p", "secret", registry.Authority) with { Environment = environment }).Run().Exits(0);
        _ = (FastRun("push", first) with { Environment = environment }).Run().Exits(0);
        Assert.Contains(": Mounted from first", (FastRun("push", second) with { Environment = environment }).Run().Output, StringComparison.Ordinal);

        // Without the password nothing is mounted, asked for, or told.
        foreach (string path in (string[])["/v2/third/blobs/uploads/?mount=" + OwnRegistry.Sha256([]) + "&from=first", "/v2/_catalog", "/v2/first/tags/list", "/v2/first/manifests/1"])
        {
            Assert.Equal(401, registry.Status(path.Contains("uploads", StringComparison.Ordinal) ? HttpMethod.Post : HttpMethod.Get, path));
        }
    }

    private void Pull(string kind, Action<string> test)
    {
        if (kind == "docker-registry")
        {
            using DockerRegistry registry = new();
            test(registry.Authority);
        }
        else
        {
            using OwnRegistry registry = new(Path.Combine(Roots.Top, "registry"));
            test(registry.Authority);
        }
    }

    /// <summary>Pushes what was committed and returns the digest that was printed.</summary>
    private string Push(string name)
    {
        _ = FastRun("tag", Made, name).Run().Exits(0);
        string last = FastRun("push", name).Run().Lines[^1];
        Assert.Matches("^[a-z0-9]+: digest: sha256:[0-9a-f]{64} size: [0-9]+$", last);
        return last.Split(' ')[2];
    }

    /// <summary>Pulls into a store of its own; the id is the image's config as it was, which Docker's schema 2 keeps, too.</summary>
    private void PullAndRun(string name, string? id)
    {
        string top = Roots.NewDirectory("pulled-" + Guid.NewGuid().ToString("N"));
        string[] roots = ["--data-root", Path.Combine(top, "data"), "--run-root", Path.Combine(top, "run")];
        Assert.Equal("hi", new Command(Repository.Binary, [.. roots, "exec", "-q", "--no-workspace", name, "--", "cat", "/hello"]).Run().Output);
        if (id is not null)
        {
            Assert.Equal(id, new Command(Repository.Binary, [.. roots, "images", "-q", "--no-trunc"]).Run().Output);
        }

        _ = new Command(Repository.Binary, [.. roots, "system", "check"]).Run().Exits(0);
        Roots.AwaitSync();
    }

    private string Commit()
    {
        _ = FastRun("run", "--name", "box", Images.Layered, "sh", "-c", "echo hi > /hello; rm -r /case/opaque; mkdir /case/opaque; rm /case/kept").Run().Exits(0);
        string id = FastRun("commit", "box", Made).Run().Output;
        _ = FastRun("rm", "box").Run().Exits(0);
        return id;
    }
}
