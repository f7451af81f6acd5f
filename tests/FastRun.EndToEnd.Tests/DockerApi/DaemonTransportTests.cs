using System;
using System.Collections.Generic;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>The transport <c>docker-daemon:</c> of containers/image, by which skopeo, podman and buildah take images from Docker and give them to it.</summary>
public sealed class DaemonTransportTests(TestImages images) : ClientTest(images)
{
    [Fact]
    public void Skopeo_CopiesBothWays()
    {
        string layout = Path.Combine(Roots.Top, "layout");
        string host = "unix://" + Daemon.SocketPath;
        string id = Docker("images", "-q", "--no-trunc", "busybox:test");

        Client("skopeo", "copy", "--src-daemon-host", host, "docker-daemon:busybox:test", $"oci:{layout}:latest").Run().Exits(0);
        Client("skopeo", "copy", "--src-daemon-host", host, $"docker-daemon:{id}", $"oci:{layout}:by-id").Run().Exits(0);
        Client("skopeo", "copy", "--dest-daemon-host", host, $"oci:{layout}:latest", "docker-daemon:example.test/back:1").Run().Exits(0);

        Assert.Equal("hello", Docker("run", "--rm", "--network", "none", "example.test/back:1", "echo", "hello"));
        Assert.Contains("amd64", Client("skopeo", "inspect", "--config", "--daemon-host", host, "docker-daemon:example.test/back:1").Run().Output, StringComparison.Ordinal);
        CommandResult missing = Client("skopeo", "inspect", "--daemon-host", host, "docker-daemon:no-such:image").Run().Exits(1);
        Assert.Contains("No such image: no-such:image", missing.Stderr, StringComparison.Ordinal);
    }

    [Fact]
    public void Podman_PullsAndPushes()
    {
        string[] store = ["--root", Roots.NewDirectory("podman"), "--runroot", Roots.NewDirectory("podman-run"), "--storage-driver", "vfs"];

        AtDockersSocket("podman", [.. store, "pull", "-q", "docker-daemon:busybox:test"]).Run().Exits(0);
        Assert.Contains("/busybox:test", AtDockersSocket("podman", [.. store, "images", "--format", "{{.Repository}}:{{.Tag}}"]).Run().Output, StringComparison.Ordinal);
        AtDockersSocket("podman", [.. store, "push", "-q", "busybox:test", "docker-daemon:podman:pushed"]).Run().Exits(0);

        Assert.Equal("pushed", Docker("run", "--rm", "--network", "none", "podman:pushed", "echo", "pushed"));
    }

    [Fact]
    public void Buildah_BuildsFromItAndCommitsToIt()
    {
        string[] store = ["--root", Roots.NewDirectory("buildah"), "--runroot", Roots.NewDirectory("buildah-run"), "--storage-driver", "vfs"];
        string file = Roots.NewFile("added", "by buildah");

        string container = AtDockersSocket("buildah", [.. store, "from", "docker-daemon:busybox:test"]).Run().Lines[^1];
        AtDockersSocket("buildah", [.. store, "add", container, file, "/added"]).Run().Exits(0);
        AtDockersSocket("buildah", [.. store, "config", "--entrypoint", "[\"cat\",\"/added\"]", container]).Run().Exits(0);
        AtDockersSocket("buildah", [.. store, "commit", "-q", container, "docker-daemon:buildah:made"]).Run().Exits(0);

        Assert.Equal("by buildah", Docker("run", "--rm", "--network", "none", "buildah:made"));
    }

    /// <summary>A program that knows no other socket than <c>/var/run/docker.sock</c>: it gets a <c>/run</c> of its own, in which that is the daemon's.</summary>
    private Command AtDockersSocket(string program, params IReadOnlyList<string> words) => With(
        Client(
            "unshare",
            ["--mount", "sh", "-c", "mount -t tmpfs none /run && ln -s \"$0\" /run/docker.sock && exec \"$@\"", Daemon.SocketPath, program, .. words]),
        ("DOCKER_HOST", null),
        ("DOCKER_CONFIG", null));
}
