using System;
using System.Diagnostics;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>What FastRun saves is what docker and podman load, and the other way round. Both have state of their own, and no network.</summary>
public sealed class EngineArchivesTests(TestImages images) : SandboxTest(images)
{
    private string Saved => Path.Combine(Roots.Top, "saved.tar");

    private string Theirs => Path.Combine(Roots.Top, "theirs.tar");

    [Fact]
    public void Podman_LoadsWhatIsSavedAndSavesWhatIsLoaded()
    {
        string id = Commit();
        string[] podman = ["--root", Roots.NewDirectory("podman"), "--runroot", Roots.NewDirectory("podman-run"), "--storage-driver", "vfs"];
        foreach (string format in new[] { "docker-archive", "oci-archive" })
        {
            _ = FastRun("save", "--format", format, "-o", Saved, "example.test/made:1").Run().Exits(0);
            _ = Command.Output("podman", [.. podman, "load", "-i", Saved]);
            Assert.Equal(id, "sha256:" + Command.Output("podman", [.. podman, "image", "inspect", "--format", "{{.Id}}", "example.test/made:1"]));
            File.Delete(Theirs);
            _ = Command.Output("podman", [.. podman, "save", "--format", format, "-o", Theirs, "example.test/made:1"]);
            _ = FastRun("rmi", "example.test/made:1").Run().Exits(0);
            Assert.Equal("Loaded image: example.test/made:1", FastRun("load", "-i", Theirs).Run().Output);
            Assert.Equal(id, FastRun("images", "-q", "--no-trunc", "example.test/made").Run().Output);
            Assert.Equal("hi", FastRun("exec", "--no-workspace", "example.test/made:1", "--", "cat", "/hello").Run().Output);
            _ = Command.Output("podman", [.. podman, "rmi", "-af"]);
        }
    }

    [Fact]
    public void Docker_LoadsWhatIsSavedAndSavesWhatIsLoaded()
    {
        string id = Commit();
        _ = FastRun("save", "-o", Saved, "example.test/made:1").Run().Exits(0);
        string state = Roots.NewDirectory("docker");
        string socket = "unix://" + Path.Combine(state, "sock");
        using Process daemon = new Command(
            "dockerd", "--data-root", Path.Combine(state, "data"), "--exec-root", Path.Combine(state, "exec"), "-p", Path.Combine(state, "pid"), "-H", socket,
            "--storage-driver", "vfs", "--bridge", "none", "--iptables=false", "--ip6tables=false").Start();
        daemon.OutputDataReceived += static (_, _) => { };
        daemon.ErrorDataReceived += static (_, _) => { };
        daemon.BeginOutputReadLine();
        daemon.BeginErrorReadLine();
        try
        {
            Assert.True(Processes.Eventually(() => Command.Run("docker", "-H", socket, "version").ExitCode == 0), "dockerd does not answer");
            Assert.Equal("Loaded image: example.test/made:1", Command.Output("docker", "-H", socket, "load", "-i", Saved));
            Assert.Equal(id, Command.Output("docker", "-H", socket, "image", "inspect", "-f", "{{.Id}}", "example.test/made:1"));
            _ = Command.Output("docker", "-H", socket, "save", "-o", Theirs, "example.test/made:1");
        }
        finally
        {
            _ = Command.Run("kill", daemon.Id.ToString(System.Globalization.CultureInfo.InvariantCulture));
            Assert.True(daemon.WaitForExit(TimeSpan.FromSeconds(60)));
        }

        _ = FastRun("rmi", "example.test/made:1").Run().Exits(0);
        Assert.Equal("Loaded image: example.test/made:1", FastRun("load", "-i", Theirs).Run().Output);
        Assert.Equal(id, FastRun("images", "-q", "--no-trunc", "example.test/made").Run().Output);
    }

    private string Commit()
    {
        _ = FastRun("run", "--name", "box", Images.Layered, "sh", "-c", "echo hi > /hello; rm -r /case/opaque; mkdir /case/opaque; rm /case/kept").Run().Exits(0);
        string id = FastRun("commit", "box", "example.test/made:1").Run().Output;
        _ = FastRun("rm", "box").Run().Exits(0);
        return id;
    }
}
