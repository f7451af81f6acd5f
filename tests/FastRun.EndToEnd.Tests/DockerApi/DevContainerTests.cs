using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>
/// The reference implementation of containers.dev, which is what VS Code runs for a folder with a <c>devcontainer.json</c>: from an image, from a
/// Dockerfile and from compose files, with the Docker CLI and buildx against the daemon, and with fastrun in Docker's place.
/// </summary>
public sealed class DevContainerTests(TestImages images) : ClientTest(images)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Image_WithAFeatureMountsAndCommands(bool link)
    {
        Write("devcontainer.json", """
            {
              // as people write it: with comments
              "image": "busybox:test",
              "features": { "./feature": { "greeting": "hello" } },
              "remoteUser": "build",
              "containerEnv": { "IN_CONTAINER": "yes" },
              "remoteEnv": { "FROM_TOOL": "${containerEnv:IN_CONTAINER}/${localWorkspaceFolderBasename}" },
              "mounts": ["source=cache-${devcontainerId},target=/cache,type=volume"],
              "runArgs": ["--hostname", "boxed", "--cap-add=SYS_PTRACE", "--security-opt", "seccomp=unconfined"],
              "init": true,
              "initializeCommand": "echo initialized > initialized",
              "onCreateCommand": "echo on-create >> /tmp/order",
              "updateContentCommand": ["sh", "-c", "echo update-content >> /tmp/order"],
              "postCreateCommand": { "one": "echo post-create >> /tmp/order", "two": ["sh", "-c", "id -un > /tmp/who"] },
              "postStartCommand": "echo post-start >> /tmp/order"
            }
            """);
        Write("feature/devcontainer-feature.json", """
            { "id": "feature", "version": "1.0.0", "name": "Greets", "options": { "greeting": { "type": "string", "default": "hi" } }, "containerEnv": { "GREETED": "1" } }
            """);
        Write("feature/install.sh", """
            #!/bin/sh
            set -e
            printf '#!/bin/sh\necho %s, $(id -un)\n' "$GREETING" > /usr/bin/greet
            chmod 755 /usr/bin/greet
            echo "$_REMOTE_USER $_REMOTE_USER_HOME" > /installed
            """);
        string docker = link ? DockerLink() : "docker";

        JsonNode up = Up(docker);

        Assert.Equal("build", (string?)up["remoteUser"]);
        Assert.Equal("/workspaces/project", (string?)up["remoteWorkspaceFolder"]);
        Assert.Equal("initialized\n", File.ReadAllText(Path.Combine(Project, "initialized")));
        Assert.Equal(
            "on-create\nupdate-content\npost-create\npost-start\nbuild\nhello, build\nbuild /home/build\nyes/project 1 boxed /workspaces/project\n",
            Exec(docker, "sh", "-c", "cat /tmp/order /tmp/who; greet; cat /installed; echo $FROM_TOOL $GREETED $(hostname) $PWD").Exits(0).Stdout);
        Exec(docker, "sh", "-c", "exit 7").Exits(7);

        // A second time it is found by its labels, and only started.
        Assert.Equal(0, Client(docker, "stop", "-t", "0", (string)up["containerId"]!).Run().ExitCode);
        Assert.Equal((string?)up["containerId"], (string?)Up(docker)["containerId"]);
        Assert.Equal("post-start\npost-start\n", Exec(docker, "grep", "start", "/tmp/order").Exits(0).Stdout);
        JsonNode read = JsonNode.Parse(Tool(docker, "read-configuration", "--include-merged-configuration").Run().Output)!;
        Assert.Equal("build", (string?)read["mergedConfiguration"]!["remoteUser"]);
    }

    [Fact]
    public void Dockerfile_WithATargetAndAMountOfItsOwn_AndAnImageOfIt()
    {
        Write("devcontainer.json", """
            {
              "build": { "dockerfile": "Dockerfile", "context": "..", "args": { "VARIANT": "one" }, "target": "dev" },
              "remoteUser": "build",
              "workspaceMount": "source=${localWorkspaceFolder},target=/src,type=bind,consistency=cached",
              "workspaceFolder": "/src",
              "appPort": ["127.0.0.1::3000"],
              "postCreateCommand": "cat /built > /tmp/made"
            }
            """);
        Write("Dockerfile", """
            FROM busybox:test AS base
            ARG VARIANT
            RUN echo "variant $VARIANT" > /built
            FROM base AS dev
            COPY file /file
            FROM base AS other
            RUN exit 9
            """);
        Roots.NewFile("project/file", "content\n");

        JsonNode up = Up("docker");

        Assert.Equal("variant one\ncontent\ncontent\n", Exec("docker", "sh", "-c", "cat /tmp/made /file /src/file").Exits(0).Stdout);
        Assert.StartsWith("127.0.0.1:", Docker("port", (string)up["containerId"]!, "3000"), StringComparison.Ordinal);
        Assert.Equal("success", (string?)JsonNode.Parse(Tool("docker", "build", "--image-name", "dev:built").Run().Exits(0).Stdout)!["outcome"]);
        Assert.Equal("variant one", Docker("run", "--rm", "dev:built", "cat", "/built"));
        Assert.NotEqual((string?)up["containerId"], (string?)Up("docker", "--remove-existing-container")["containerId"]);
        Assert.Single(Docker("ps", "-aq").Split('\n'));

        // What does not build is said by the builder's words.
        Write("Dockerfile", "FROM busybox:test AS dev\nRUN echo broken; exit 9\n");
        CommandResult failed = Tool("docker", "up", "--remove-existing-container").Run();
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("broken", failed.Stderr, StringComparison.Ordinal);
        Assert.Equal("error", (string?)JsonNode.Parse(failed.Stdout)!["outcome"]);
    }

    [Fact]
    public void Compose_WithADatabaseThatIsWaitedFor()
    {
        Assert.SkipWhen(CliPlugins.Missing("compose") is not null, CliPlugins.Missing("compose") ?? "");
        Write("devcontainer.json", """
            {
              "dockerComposeFile": ["compose.yaml", "compose.extend.yaml"],
              "service": "app",
              "runServices": ["app", "db"],
              "workspaceFolder": "/workspace",
              "features": { "./feature": { } },
              "remoteUser": "build",
              "postCreateCommand": "nc -w 60 db 5432 < /dev/null > /tmp/rows"
            }
            """);
        Write("feature/devcontainer-feature.json", """{ "id": "feature", "version": "1.0.0", "name": "Marks" }""");
        Write("feature/install.sh", "echo feature >> /built\n");
        Write("compose.yaml", """
            services:
              app:
                build: { context: ., dockerfile: Dockerfile }
                volumes: ["..:/workspace:cached"]
                command: sleep infinity
                depends_on: { db: { condition: service_healthy } }
              db:
                image: busybox:test
                command: nc -ll -p 5432 -e echo rows
                healthcheck: { test: "true", interval: 1s }
                volumes: ["data:/data"]
              other:
                image: busybox:test
                command: "false"
            volumes: { data: }
            """);
        Write("compose.extend.yaml", "services:\n  app: { environment: { EXTENDED: \"1\" }, cap_add: [SYS_PTRACE], init: true }\n");
        Write("Dockerfile", "FROM busybox:test\nRUN echo app > /built\n");

        JsonNode up = Up("docker");

        Assert.Equal("app\nfeature\nrows\n1 /workspace build\n", Exec("docker", "sh", "-c", "cat /built /tmp/rows; echo $EXTENDED $PWD $(id -un)").Exits(0).Stdout);
        Assert.Equal("app db", string.Join(' ', Sorted(Docker("ps", "--format", "{{.Label \"com.docker.compose.service\"}}"))));
        Client("docker", "compose", "-p", (string)up["composeProjectName"]!, "stop", "-t", "0").Run().Exits(0);
        Assert.Equal((string?)up["containerId"], (string?)Up("docker")["containerId"]);
        Client("docker", "compose", "-p", (string)up["composeProjectName"]!, "down", "-v", "-t", "0").Run().Exits(0);
        Assert.Equal("", Docker("ps", "-aq"));
    }

    private string Project => Path.Combine(Roots.Top, "project");

    private void Write(string name, string content) => Roots.NewFile("project/.devcontainer/" + name, content);

    private Command Tool(string docker, string verb, params IReadOnlyList<string> words)
    {
        RequireModules();
        if (CliPlugins.Missing("buildx") is null && !Directory.Exists(Path.Combine(Roots.Top, "cli-plugins")))
        {
            CliPlugins.Install(Roots.Top);
        }

        return Client(
            "node", [Path.Combine(Modules, "@devcontainers", "cli", "devcontainer.js"), verb, "--workspace-folder", Project, "--docker-path", docker, .. words]);
    }

    private JsonNode Up(string docker, params IReadOnlyList<string> words)
    {
        CommandResult result = Tool(docker, "up", words).Run().Exits(0);
        JsonNode said = JsonNode.Parse(result.Lines[^1])!;
        Assert.True((string?)said["outcome"] == "success", result.ToString());
        return said;
    }

    private CommandResult Exec(string docker, params IReadOnlyList<string> words) => Tool(docker, "exec", words).Run();

    private static string[] Sorted(string lines)
    {
        string[] all = lines.Split('\n');
        Array.Sort(all, StringComparer.Ordinal);
        return all;
    }
}
