using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>What the runners of GitHub and GitLab ask of Docker for a job, call by call, against <c>fastrun daemon</c>.</summary>
public sealed class RunnerTests : NetworkTest
{
    private readonly EngineDaemon _daemon;
    private Process? _registry;

    public RunnerTests(TestImages images)
        : base(images)
    {
        string tar = Path.Combine(Roots.Top, "busybox.tar");
        File.WriteAllBytes(tar, BusyboxRoot.Tar().ToArray());
        Run("import", tar, "busybox:test").Exits(0);
        _daemon = new EngineDaemon(Roots, (file, words) => HostCommand(file, words) with
        {
            Environment = new Dictionary<string, string?> { ["FASTRUN_DEFAULT_NETWORK"] = null },
        });
    }

    /// <summary>A job in a container with a service, as actions/runner does it by the Docker CLI (docker-api.md).</summary>
    [Fact]
    public void GitHub_AJobWithAServiceAndAnAction()
    {
        const string label = "5af3e1";
        string registry = StartRegistry("octo", "secret");
        string work = Roots.NewDirectory("work");
        Roots.NewFile("work/step.sh", "echo step in $PWD as $GITHUB_JOB; nc -w 60 redis 6379 < /dev/null; exit 0\n");
        string login = Roots.NewDirectory("login");
        Docker("tag", "busybox:test", registry + "/job:1").Exits(0);

        Assert.Equal("1.52", Docker("version", "--format", "{{.Server.APIVersion}}").Output);
        Docker("ps", "--all", "--quiet", "--no-trunc", "--filter", $"label={label}").Exits(0);
        Docker("network", "prune", "--force", "--filter", $"label={label}").Exits(0);
        string network = Docker("network", "create", "--label", label, "github_network_1").Output;

        // A wrong password is refused by the registry; the right one is kept, and used.
        Command wrong = _daemon.Docker("--config", login, "login", registry, "-u", "octo", "--password-stdin") with { Stdin = "wrong" };
        Assert.NotEqual(0, wrong.Run().ExitCode);
        Command right = wrong with { Stdin = "secret" };
        Assert.Contains("Login Succeeded", right.Run().Output, StringComparison.Ordinal);
        Docker("--config", login, "push", registry + "/job:1").Exits(0);
        Docker("rmi", registry + "/job:1").Exits(0);
        Assert.NotEqual(0, Docker("pull", registry + "/job:1").ExitCode);
        Docker("--config", login, "pull", registry + "/job:1").Exits(0);

        string service = Docker(
            "create", "--name", "service_redis", "--label", label, "--network", "github_network_1", "--network-alias", "redis", "-p", "6379",
            "--health-cmd", "true", "--health-interval", "1s", "-e", "GITHUB_ACTIONS=true", "-e", "CI=true", "busybox:test",
            "nc", "-ll", "-p", "6379", "-e", "echo", "PONG").Output;
        Docker("start", service).Exits(0);
        Assert.StartsWith(service, Docker("ps", "--all", "--filter", $"id={service}", "--filter", "status=running", "--no-trunc", "--format", "{{.ID}} {{.Status}}").Output, StringComparison.Ordinal);
        string job = Docker(
            "create", "--name", "job_1", "--label", label, "--workdir", "/__w/repo", "--network", "github_network_1", "-e", "HOME=/github/home",
            "-e", "GITHUB_ACTIONS=true", "-e", "CI=true", "-v", $"{_daemon.SocketPath}:/var/run/docker.sock", "-v", $"{work}:/__w", "--entrypoint", "tail",
            registry + "/job:1", "-f", "/dev/null").Output;
        Docker("start", job).Exits(0);
        Assert.NotEqual("", Docker("ps", "--all", "--filter", $"id={job}", "--filter", "status=running", "--no-trunc", "--format", "{{.ID}} {{.Status}}").Output);
        Assert.Contains("CI=true", Docker("inspect", "--format", "{{range .Config.Env}}{{println .}}{{end}}", job).Output, StringComparison.Ordinal);
        const string health = "{{if .Config.Healthcheck}}{{print .State.Health.Status}}{{end}}";
        Assert.True(Processes.Eventually(() => Docker("inspect", "--format", health, service).Output == "healthy"));
        Assert.Equal("", Docker("inspect", "--format", health, job).Output);
        Assert.StartsWith("6379/tcp -> 0.0.0.0:", Docker("port", service).Output, StringComparison.Ordinal);

        CommandResult step = Docker("exec", "-i", "--workdir", "/__w", "-e", "GITHUB_JOB=build", job, "sh", "-e", "/__w/step.sh").Exits(0);
        Assert.Equal("step in /__w as build\nPONG\n", step.Stdout);
        Docker("exec", "-i", job, "sh", "-c", "exit 7").Exits(7);
        Docker(
            "run", "--name", "action_1", "--label", label, "--workdir", "/github/workspace", "--rm", "-e", "INPUT_WHO=you", "-e", "GITHUB_JOB=build",
            "--network", "github_network_1", "-v", $"{_daemon.SocketPath}:/var/run/docker.sock", "-v", $"{work}:/github/workspace", "busybox:test", "sh", "-c",
            "test $INPUT_WHO = you && pwd > out").Exits(0);
        Assert.Equal("/github/workspace\n", File.ReadAllText(Path.Combine(work, "out")));

        Docker("logs", "--details", service).Exits(0);
        Docker("rm", "--force", job).Exits(0);
        Docker("rm", "--force", service).Exits(0);
        Docker("network", "rm", network).Exits(0);
        Assert.Equal("", Docker("ps", "--all", "--quiet", "--filter", $"label={label}").Output);
    }

    /// <summary>A job as GitLab Runner's docker executor does it: one that is attached before it starts, and fed its script.</summary>
    [Fact]
    public void GitLab_AJobThatIsFedItsScript()
    {
        const string image = "busybox:test";
        Assert.Equal(200, Ask("GET", $"/v1.44/images/{image}/json").Status);
        Assert.Equal(404, Ask("GET", "/v1.44/images/no-such:image/json").Status);
        (int status, JsonNode? made) = Ask("POST", "/v1.44/volumes/create", """{"Name":"runner-cache","Labels":{"com.gitlab.gitlab-runner.managed":"true"}}""");
        Assert.Equal(201, status);
        (status, JsonNode? network) = Ask("POST", "/v1.44/networks/create", """{"Name":"runner-net","Driver":"bridge","Labels":{"com.gitlab.gitlab-runner.managed":"true"}}""");
        Assert.Equal(201, status);

        // The service, which is linked by the old way on the default network, and waited for.
        string service = Create("service", """
            {"Image":"busybox:test","Cmd":["nc","-ll","-p","5432","-e","echo","rows"],"Labels":{"job":"1"},"ExposedPorts":{"5432/tcp":{}},
             "HostConfig":{"NetworkMode":"bridge","RestartPolicy":{"Name":"no"},"Privileged":false,"LogConfig":{"Type":"json-file"}}}
            """);
        Assert.Equal(204, Ask("POST", $"/v1.44/containers/{service}/start").Status);
        string waiter = Create("waiter", """
            {"Image":"busybox:test","Cmd":["sh","-c","until nc -w 60 service 5432 < /dev/null; do sleep 0.1; done"],
             "HostConfig":{"NetworkMode":"bridge","Links":["service:service"],"RestartPolicy":{"Name":"no"}}}
            """);
        Assert.Equal(204, Ask("POST", $"/v1.44/containers/{waiter}/start").Status);
        (status, JsonNode? ended) = Ask("POST", $"/v1.44/containers/{waiter}/wait?condition=not-running");
        Assert.Equal((200, 0), (status, (int)ended!["StatusCode"]!));

        // The helper and the build: the same volume, input open, attached first.
        foreach ((string name, string script, int code) in new[]
        {
            ("predefined", "echo clone > /cache/state; echo cloned", 0),
            ("build", "cat /cache/state; echo to stderr >&2; exit 3", 3),
        })
        {
            string id = Create("runner-" + name, """
                {"Image":"busybox:test","Cmd":["sh"],"Tty":false,"OpenStdin":true,"StdinOnce":true,"AttachStdin":true,"AttachStdout":true,"AttachStderr":true,
                 "Env":["CI=true"],"Labels":{"com.gitlab.gitlab-runner.managed":"true"},
                 "HostConfig":{"NetworkMode":"runner-net","Binds":["runner-cache:/cache"],"RestartPolicy":{"Name":"no"},"Init":false,"LogConfig":{"Type":"json-file"}},
                 "NetworkingConfig":{"EndpointsConfig": {"runner-net": {"Aliases": ["build"]} } } }
                """);
            using System.Net.Sockets.NetworkStream stream = _daemon.Connect();
            stream.ReadTimeout = 60_000;
            stream.Write(Encoding.ASCII.GetBytes(
                $"POST /v1.44/containers/{id}/attach?stdin=1&stdout=1&stderr=1&stream=1 HTTP/1.1\r\nHost: docker\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: text/plain\r\nContent-Length: 0\r\n\r\n"));
            string header = ReadHeader(stream);
            Assert.StartsWith("HTTP/1.1 101 ", header, StringComparison.Ordinal);
            Assert.Contains("application/vnd.docker.multiplexed-stream", header, StringComparison.Ordinal);

            // The script is sent before the start: nothing of it may be lost.
            stream.Write(Encoding.ASCII.GetBytes(script + "\n"));
            Assert.Equal(204, Ask("POST", $"/v1.44/containers/{id}/start").Status);
            stream.Socket.Shutdown(System.Net.Sockets.SocketShutdown.Send);
            (string output, string errors) = ReadFrames(stream);
            Assert.Equal(code == 0 ? "cloned\n" : "clone\n", output);
            Assert.Equal(code == 0 ? "" : "to stderr\n", errors);
            (_, ended) = Ask("POST", $"/v1.44/containers/{id}/wait?condition=not-running");
            Assert.Equal(code, (int)ended!["StatusCode"]!);
            Assert.Equal(200, Ask("GET", $"/v1.44/containers/{id}/json").Status);
            Assert.Equal(204, Ask("DELETE", $"/v1.44/containers/{id}?force=1&v=1").Status);
        }

        // What is left of the job, and how a job that was cancelled is ended.
        Assert.Equal(204, Ask("POST", $"/v1.44/containers/{service}/kill?signal=SIGKILL").Status);
        Assert.Equal(409, Ask("POST", $"/v1.44/containers/{service}/kill?signal=SIGKILL").Status);
        Assert.Equal(204, Ask("DELETE", $"/v1.44/containers/{service}?force=1&v=1").Status);
        Assert.Equal(204, Ask("DELETE", $"/v1.44/containers/{waiter}?force=1&v=1").Status);
        Assert.Equal(404, Ask("DELETE", $"/v1.44/containers/{waiter}?force=1&v=1").Status);
        Assert.Equal(204, Ask("DELETE", $"/v1.44/networks/{network!["Id"]}").Status);
        Assert.Equal(204, Ask("DELETE", "/v1.44/volumes/runner-cache").Status);
        Assert.Equal("runner-cache", (string?)made!["Name"]);
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _daemon.Dispose();
            _registry?.Kill();
            _registry?.WaitForExit();
            _registry?.Dispose();
        }

        base.Dispose(disposing);
    }

    private CommandResult Docker(params string[] words) => _daemon.Docker(words).Run();

    private (int Status, JsonNode? Body) Ask(string method, string path, string? json = null)
    {
        (int status, string body) = _daemon.Ask(method, path, json);
        return (status, body.Length == 0 ? null : JsonNode.Parse(body));
    }

    private string Create(string name, string json)
    {
        (int status, JsonNode? made) = Ask("POST", "/v1.44/containers/create?name=" + name, json);
        Assert.True(status == 201, made?.ToJsonString());
        return (string)made!["Id"]!;
    }

    /// <summary>A registry in the network of this test, which asks for a name and a password.</summary>
    private string StartRegistry(string user, string password)
    {
        string users = Roots.NewFile("htpasswd", Command.Output("htpasswd", "-nbB", "-C", "4", user, password));
        _registry = NetworkCommand("registry", "serve", "--listen", "127.0.0.1:0", "--htpasswd", users, Roots.NewDirectory("registry")).Start();
        string line = _registry.StandardOutput.ReadLine()!;
        return line["listening at http://".Length..];
    }

    private static string ReadHeader(Stream stream)
    {
        StringBuilder header = new();
        while (!header.ToString().EndsWith("\r\n\r\n", StringComparison.Ordinal))
        {
            int next = stream.ReadByte();
            Assert.True(next >= 0, header.ToString());
            header.Append((char)next);
        }

        return header.ToString();
    }

    /// <summary>Both streams to their end: one byte that says which, three of zero, four of length (Engine API, ContainerAttach).</summary>
    private static (string Output, string Errors) ReadFrames(Stream stream)
    {
        StringBuilder[] texts = [new(), new(), new()];
        byte[] head = new byte[8];
        while (stream.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length)
        {
            byte[] content = new byte[System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(head.AsSpan(4))];
            stream.ReadExactly(content);
            texts[head[0]].Append(Encoding.UTF8.GetString(content));
        }

        return (texts[1].ToString(), texts[2].ToString());
    }
}
