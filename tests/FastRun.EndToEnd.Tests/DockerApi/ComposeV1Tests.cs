using System;
using System.Collections.Generic;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Compose of the first generation (1.29, in Python, by docker-py), which old agents still have.</summary>
public sealed class ComposeV1Tests(TestImages images) : ClientTest(images)
{
    private const string Project = """
        version: "2.4"
        services:
          db:
            image: busybox:test
            command: nc -ll -p 5432 -e echo rows
            healthcheck: { test: ["CMD", "true"], interval: 1s, timeout: 30s, retries: 3 }
            volumes: ["data:/data", "/anonymous"]
            networks: { back: { aliases: [database] } }
            mem_limit: 64m
            init: true
            logging: { driver: json-file, options: { max-size: 1m } }
          web:
            build: { context: web, args: { WHO: compose } }
            depends_on: { db: { condition: service_healthy } }
            ports: ["127.0.0.1::3000"]
            networks: [back, front]
            environment: { A: b }
            tmpfs: /scratch
            init: true
          once:
            image: busybox:test
            command: sh -c "nc -w 60 database 5432 < /dev/null"
            networks: [back]
            depends_on: [db]
        volumes: { data: { labels: { kept: "yes" } } }
        networks: { back: { internal: true }, front: { } }
        """;

    [Fact]
    public void Project_FromUpToDown()
    {
        Roots.NewFile("project/docker-compose.yml", Project);
        Roots.NewFile("project/web/Dockerfile", "FROM busybox:test\nARG WHO\nRUN echo $WHO > /www/index.html\nEXPOSE 3000\nCMD [\"httpd\",\"-f\",\"-p\",\"3000\",\"-h\",\"/www\"]\n");

        Compose("up", "-d").Exits(0);

        string address = Compose("port", "web", "3000").Output;
        Assert.Equal("compose", OnHost("busybox", "wget", "-q", "-O", "-", $"http://{address}/index.html").Output);
        Assert.Equal("b", Compose("exec", "-T", "web", "sh", "-c", "echo $A").Output);
        Compose("exec", "-T", "web", "sh", "-c", "exit 3").Exits(3);
        Assert.Equal("rows", Compose("run", "--rm", "-T", "web", "sh", "-c", "nc -w 60 database 5432 < /dev/null").Output);
        Assert.True(Processes.Eventually(() => Compose("logs", "--no-color", "once").Output.Contains("rows", StringComparison.Ordinal)));
        Assert.Contains("Up (healthy)", Compose("ps").Output, StringComparison.Ordinal);

        // Nothing has changed, so nothing is made again; then something has.
        string[] ids = Compose("ps", "-q").Lines;
        Assert.Contains("up-to-date", Compose("up", "-d", "web", "db").Exits(0).Stderr, StringComparison.Ordinal);
        Roots.NewFile("project/docker-compose.yml", Project.Replace("{ A: b }", "{ A: c }", StringComparison.Ordinal));
        Compose("up", "-d", "--scale", "db=2", "-t", "0", "web").Exits(0);
        Assert.Equal("c", Compose("exec", "-T", "web", "sh", "-c", "echo $A").Output);
        Assert.Equal(2, Compose("ps", "-q", "db").Lines.Length);
        Assert.Contains(ids[0], Compose("ps", "-q").Lines);

        Compose("restart", "-t", "0", "web").Exits(0);
        Compose("pause", "db").Exits(0);
        Compose("unpause", "db").Exits(0);
        Compose("stop", "-t", "0").Exits(0);
        Compose("rm", "-f", "-v", "once").Exits(0);
        Compose("down", "-v", "-t", "0", "--rmi", "local").Exits(0);
        Assert.Equal("", Docker("ps", "-aq"));
        Assert.Equal("", Docker("volume", "ls", "-q"));
        Assert.Equal("", Docker("images", "-q", "project_web"));
    }

    private CommandResult Compose(params IReadOnlyList<string> words)
    {
        string tree = Path.Combine(Repository.Root, "artifacts", "peers", "compose-v1");
        string program = Path.Combine(tree, "usr", "bin", "docker-compose");
        Assert.SkipUnless(File.Exists(program), "Debian's docker-compose could not be fetched");
        // It looks for ContainerConfig in images, which went with 1.45.
        Command command = Client("/usr/bin/python3", [program, .. words]) with { WorkingDirectory = Path.Combine(Roots.Top, "project") };
        return With(command, ("PYTHONPATH", Path.Combine(tree, "usr", "lib", "python3", "dist-packages")), ("COMPOSE_HTTP_TIMEOUT", "240"), ("COMPOSE_API_VERSION", "1.44")).Run();
    }
}
