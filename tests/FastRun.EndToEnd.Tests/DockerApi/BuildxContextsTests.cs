using System;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>What buildx builds upon: targets of bake, OCI layouts of the client's, repositories and archives elsewhere.</summary>
public sealed class BuildxContextsTests(TestImages images) : BuildxTest(images)
{
    [Fact]
    public void Bake_TargetsOfAGroup_AreBuiltUponEachOther()
    {
        Write(
            "bake.hcl",
            """
            group "default" { targets = ["base", "app", "files"] }
            target "base" {
              dockerfile-inline = "FROM busybox:test\nENV WHO=base\nRUN echo base > /base"
              tags = ["baked-base"]
            }
            target "app" {
              dockerfile-inline = "FROM parent\nRUN echo app of $WHO > /app"
              contexts = { parent = "target:base" }
              tags = ["baked-app"]
            }
            target "files" {
              dockerfile-inline = "FROM scratch\nCOPY --from=other /app /base /"
              contexts = { other = "target:app" }
              output = ["type=local,dest=out"]
            }
            """);
        Cli("buildx", "bake", "-f", "bake.hcl").Run().Exits(0);
        Assert.Equal("app of base\n", File.ReadAllText(Path.Combine(Context, "out", "app")));
        Assert.Equal("base\n", File.ReadAllText(Path.Combine(Context, "out", "base")));
        Assert.Equal("app of base\nbase", In("baked-app", "cat /app /base"));
        Assert.Equal("base", In("baked-base", "cat /base"));
    }

    [Fact]
    public void Bake_ATargetThatIsNoImage_IsABaseAllTheSame()
    {
        Write(
            "bake.hcl",
            """
            target "base" {
              dockerfile-inline = "FROM busybox:test\nRUN head -c 6 /dev/urandom | od -An -tx1 > /random"
              output = ["type=local,dest=base"]
            }
            target "app" {
              dockerfile-inline = "FROM scratch\nCOPY --from=base /random /"
              contexts = { base = "target:base" }
              output = ["type=local,dest=app"]
            }
            """);
        string before = Daemon.Docker("images", "-a", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}").Run().Exits(0).Stdout;
        Cli("buildx", "bake", "-f", "bake.hcl", "base", "app").Run().Exits(0);
        Assert.Equal(File.ReadAllText(Path.Combine(Context, "base", "random")), File.ReadAllText(Path.Combine(Context, "app", "random")));

        // What it was made an image for is over.
        Assert.True(Processes.Eventually(() => before == Daemon.Docker("images", "-a", "--format", "{{.Repository}}:{{.Tag}} {{.ID}}").Run().Exits(0).Stdout));
    }

    [Fact]
    public void Bake_ATargetThatFails_FailsTheOthers()
    {
        Write(
            "bake.hcl",
            """
            target "base" { dockerfile-inline = "FROM busybox:test\nRUN exit 3" }
            target "app" {
              dockerfile-inline = "FROM base\nRUN true"
              contexts = { base = "target:base" }
            }
            """);
        CommandResult failed = Cli("buildx", "bake", "-f", "bake.hcl", "app").Run().Exits(1);
        Assert.Contains("did not complete successfully: exit code: 3", failed.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Layout_OfTheClients_IsABase()
    {
        BuildCommand("FROM busybox:test\nENV OF=layout\nRUN echo base > /base", "--output", "type=oci,dest=oci.tar", "-t", "base:v1").Run().Exits(0);
        _ = Command.Output("tar", "-C", Roots.NewDirectory("layout"), "-xf", Path.Combine(Context, "oci.tar"));
        string layout = "base=oci-layout://" + Path.Combine(Roots.Top, "layout");
        Assert.Equal("base layout", In(BuildCommand("FROM base\nRUN echo $(cat /base) $OF > /made", "-q", "--build-context", layout + ":v1").Run().Exits(0).Output, "cat /made"));
        Assert.Equal("base", In(BuildCommand("FROM busybox:test\nCOPY --from=base /base /copied", "-q", "--build-context", layout + ":v1").Run().Exits(0).Output, "cat /copied"));

        // What is in it is what it is called by.
        foreach (string blob in Directory.GetFiles(Path.Combine(Roots.Top, "layout", "blobs", "sha256")))
        {
            byte[] bytes = File.ReadAllBytes(blob);
            bytes[bytes.Length / 2] ^= 1;
            File.WriteAllBytes(blob, bytes);
        }

        CommandResult damaged = BuildCommand("FROM base\nRUN true", "--build-context", layout + ":v1").Run().Exits(1);
        Assert.Contains("the client's OCI layout: sha256:", damaged.Stderr, StringComparison.Ordinal);
        Assert.Contains("no such file", BuildCommand("FROM base", "--build-context", layout + "-not").Run().Exits(1).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Context_OfARepositoryOrAnArchiveElsewhere_IsFetchedByTheDaemon()
    {
        string repositories = Roots.NewDirectory("repositories");
        string work = NewRepository(repositories);
        using GitServer git = new(repositories);
        Assert.Equal("committed", In(Cli("build", "-q", git.Url + "work/.git#main:below").Run().Exits(0).Output, "cat /file"));

        string tar = Path.Combine(Roots.Top, "context.tar");
        _ = Command.Output("tar", "-C", Path.Combine(work, "below"), "-cf", tar, ".");
        using StaticServer server = new(File.ReadAllBytes(tar));
        Assert.Equal("committed", In(Cli("build", "-q", server.Url + "context.tar").Run().Exits(0).Output, "cat /file"));
        Assert.Contains("404", Cli("build", server.Url + "missing").Run().Exits(1).Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Context_OverSsh_IsFetchedWithTheClientsKeyAndNoOther()
    {
        Assert.SkipWhen(SshServer.Missing is not null, SshServer.Missing ?? "");
        string work = NewRepository(Roots.NewDirectory("repositories"));
        string key = Path.Combine(Roots.Top, "key");
        Command.Output("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key);
        using SshServer server = SshServer.Start(Roots.NewDirectory("sshd"), File.ReadAllText(key + ".pub").Trim());
        string url = server.Url(work + "/.git");

        Assert.Equal("committed", In(Cli("build", "-q", "--ssh", "default=" + key, url + "#main:below").Run().Exits(0).Output, "cat /file"));
        Write("Dockerfile", $"FROM busybox:test\nADD {url}#main /source");
        Assert.Equal("committed", In(Cli("build", "-q", "--ssh", "default=" + key, ".").Run().Exits(0).Output, "cat /source/below/file"));

        int before = server.Requests;
        Assert.Contains("ssh agent default: not found", Cli("build", "--no-cache", ".").Run().Exits(1).Stderr, StringComparison.Ordinal);
        Assert.Equal(before, server.Requests);
        Command.Output("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key + "-of-another");
        Assert.Contains("git fetch ended with status 128", Cli("build", "--ssh", $"default={key}-of-another", url).Run().Exits(1).Stderr, StringComparison.Ordinal);
    }

    /// <summary>A repository with one commit: a directory <c>below</c> with a Dockerfile and a file.</summary>
    private static string NewRepository(string repositories)
    {
        string work = Path.Combine(repositories, "work");
        Directory.CreateDirectory(Path.Combine(work, "below"));
        File.WriteAllText(Path.Combine(work, "below", "file"), "committed");
        File.WriteAllText(Path.Combine(work, "below", "Dockerfile"), "FROM busybox:test\nCOPY file /file");
        foreach (string[] words in (string[][])[["init", "-q", "-b", "main"], ["add", "."], ["-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "first"]])
        {
            _ = Command.Output("git", ["-C", work, .. words]);
        }

        return work;
    }
}
