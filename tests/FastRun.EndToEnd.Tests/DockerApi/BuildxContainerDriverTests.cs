using System;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>
/// buildx's docker-container driver, which runs BuildKit in a privileged container. Debian has no BuildKit to run, so two scripts stand in
/// for it: all that the driver asks of the daemon is asked, and BuildKit's own connection leads to a program that gives back what it gets.
/// </summary>
public sealed class BuildxContainerDriverTests(TestImages images) : BuildxTest(images)
{
    [Fact]
    public void Create_BootsABuilder_ThatIsReachedStoppedAndRemoved()
    {
        using DockerRegistry registry = new();
        string image = registry.Authority + "/buildkit:1";
        Write(
            "buildkitd",
            """
            #!/bin/sh
            echo "started $* as $NAME"
            trap 'exit 0' TERM
            while :; do sleep 0.2; done
            """);
        Write(
            "buildctl",
            """
            #!/bin/sh
            case "$1" in
            debug) test -d /var/lib/buildkit && test -f /etc/buildkit/buildkitd.toml && mkdir -p /tmp/mounted && mount -t tmpfs none /tmp/mounted ;;
            dial-stdio) exec cat ;;
            esac
            """);
        BuildCommand("FROM busybox:test\nCOPY --chmod=755 buildkitd buildctl /bin/\nENTRYPOINT [\"/bin/buildkitd\"]", "-q", "--push", "-t", image).Run().Exits(0);
        string config = Roots.NewFile("buildkitd.toml", "debug = true\n");
        Cli(
            "buildx", "create", "--name", "own", "--driver", "docker-container", "--driver-opt", $"image={image},memory=200m,env.NAME=stand-in", "--config", config, "--bootstrap",
            "--buildkitd-flags", "--debug").Run().Exits(0);

        const string name = "buildx_buildkit_own0";
        Assert.Equal("true true unless-stopped 209715200", Daemon.Docker(
            "inspect", "-f", "{{.HostConfig.Privileged}} {{.State.Running}} {{.HostConfig.RestartPolicy.Name}} {{.HostConfig.Memory}}", name).Run().Exits(0).Output);
        Assert.Equal("debug = true", Daemon.Docker("exec", name, "cat", "/etc/buildkit/buildkitd.toml").Run().Exits(0).Output);
        string log = Daemon.Docker("logs", name).Run().Exits(0).Stdout;
        Assert.Contains("--debug", log, StringComparison.Ordinal);
        Assert.Contains(" as stand-in", log, StringComparison.Ordinal);

        // The way that BuildKit's client goes: a hijacked connection whose input ends first.
        string sent = new string('x', 300_000) + "\n";
        Assert.Equal(sent, (Daemon.Docker("exec", "-i", name, "buildctl", "dial-stdio") with { Stdin = sent }).Run().Exits(0).Stdout);
        Assert.Contains("docker-container", Cli("buildx", "ls").Run().Stdout, StringComparison.Ordinal);

        Cli("buildx", "stop", "own").Run().Exits(0);
        Assert.Equal("false", Daemon.Docker("inspect", "-f", "{{.State.Running}}", name).Run().Exits(0).Output);
        Cli("buildx", "rm", "own").Run().Exits(0);
        Assert.Equal("", Daemon.Docker("ps", "-aq").Run().Exits(0).Output);
        Assert.Equal("", Daemon.Docker("volume", "ls", "-q").Run().Exits(0).Output);
    }
}
