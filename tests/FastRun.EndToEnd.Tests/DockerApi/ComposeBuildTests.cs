using System;
using System.Diagnostics;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>What <c>docker compose</c> does with the images of a project: they are built by BuildKit's protocol, and go to a registry and back.</summary>
public sealed class ComposeBuildTests(TestImages images) : ApiTest(images)
{
    [Fact]
    public void Build_Push_AndPull_OfAService()
    {
        using OwnRegistry registry = new(Roots.NewDirectory("registry"));
        string image = registry.Authority + "/team/app:1";
        ComposeProject project = new(Roots, Daemon, "built", $$"""
            services:
              app:
                image: {{image}}
                network_mode: none
                build:
                  context: .
                  args: {WHO: me}
                  labels: {made: here}
                  secrets: [token]
                command: ["cat", "/made"]
            secrets:
              token:
                environment: TOKEN
            """);
        project.Environment["TOKEN"] = "of the environment";
        project.Write("file", "content\n");
        project.Write("Dockerfile", """
            FROM busybox:test
            ARG WHO
            COPY file /file
            RUN --mount=type=secret,id=token cat /file > /made; echo "for $WHO, $(cat /run/secrets/token)" >> /made
            """);

        project.Run("build").Exits(0);
        Assert.Equal("content\nfor me, of the environment", project.Run("run", "--rm", "-T", "app").Exits(0).Output);
        Assert.Equal("here", Daemon.Docker("image", "inspect", "-f", "{{.Config.Labels.made}}", image).Run().Exits(0).Output);
        project.Run("push").Exits(0);
        Daemon.Docker("rmi", image).Run().Exits(0);
        project.Run("pull").Exits(0);
        Assert.Equal("content\nfor me, of the environment", project.Run("run", "--rm", "-T", "app").Exits(0).Output);
        Assert.Contains("image: " + image, project.Run("convert").Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Equal(image, project.Run("config", "--images").Exits(0).Output);

        // What is not there is an error of the one service, which names it.
        project.Write("compose.yaml", $$"""
            services:
              app: {image: "{{registry.Authority}}/team/missing:1", network_mode: none}
            """);
        CommandResult missing = project.Run("pull");
        Assert.NotEqual(0, missing.ExitCode);
        Assert.Contains("team/missing", missing.Stderr, StringComparison.Ordinal);
        project.Down();
    }

    [Fact]
    public void Build_ThatFails_SaysWhere()
    {
        ComposeProject project = new(Roots, Daemon, "failing", """
            services:
              app: {build: ., network_mode: none}
            """);
        project.Write("Dockerfile", "FROM busybox:test\nRUN echo before; exit 3\n");

        CommandResult built = project.Run("build");

        Assert.NotEqual(0, built.ExitCode);
        Assert.Contains("exit code: 3", built.Stderr + built.Stdout, StringComparison.Ordinal);
        Assert.NotEqual(0, project.Run("up", "-d").ExitCode);
        Assert.Equal("", project.States());
    }

    [Fact]
    public void Watch_AFileThatChanges_IsInTheContainer()
    {
        ComposeProject project = new(Roots, Daemon, "watched", """
            services:
              app:
                build: .
                network_mode: none
                init: true
                command: ["sleep", "1000"]
                develop:
                  watch:
                    - {action: sync, path: ./src, target: /src}
            """);
        project.Write("src/page", "first\n");
        project.Write("Dockerfile", "FROM busybox:test\nCOPY src /src\n");
        project.Run("up", "-d", "--build").Exits(0);
        Assert.Equal("first", project.Run("exec", "-T", "app", "cat", "/src/page").Exits(0).Output);

        using Process watch = project.Command("watch", "--no-up").Start();
        watch.OutputDataReceived += static (_, _) => { };
        watch.ErrorDataReceived += static (_, _) => { };
        watch.BeginOutputReadLine();
        watch.BeginErrorReadLine();
        try
        {
            // When it watches it does not say: the file changes until it does.
            int turn = 0;
            Assert.True(Processes.Eventually(() =>
            {
                Assert.False(watch.HasExited);
                project.Write("src/page", $"turn {++turn}\n");
                return Processes.Eventually(
                    () => project.Run("exec", "-T", "app", "cat", "/src/page").Output.StartsWith("turn", StringComparison.Ordinal), seconds: 3);
            }));
        }
        finally
        {
            watch.Kill();
            watch.WaitForExit();
        }

        project.Down();
    }
}
