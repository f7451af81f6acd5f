using System;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>
/// What Jenkins' Docker Pipeline plugin runs for <c>docker.image(...).inside { }</c>, <c>docker.build</c> and <c>withRun</c> (docker-workflow,
/// <c>DockerClient</c> and <c>Docker.groovy</c>), by the Docker CLI and by a link of that name.
/// </summary>
public sealed class JenkinsTests(TestImages images) : ClientTest(images)
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Inside_AStageOfAPipeline(bool link)
    {
        string docker = link ? DockerLink() : "docker";
        CommandResult Run(params string[] words) => Client(docker, words).Run();
        string workspace = Roots.NewDirectory("agent/job with space");
        string temporary = Roots.NewDirectory("agent/job with space@tmp");
        Command.Run("chown", "1000:1000", workspace, temporary).Exits(0);
        Roots.NewFile("agent/job with space/Dockerfile", "ARG WHO\nFROM busybox:test\nARG WHO\nRUN echo $WHO > /who\n");

        Assert.Matches(@"^Docker version (1[89]|[2-9]\d)\.\d+\.\d+", Run("-v").Output);
        Run("inspect", "-f", ".", "no-such:image").Exits(1);
        Assert.Equal(".", Run("inspect", "-f", ".", "busybox:test").Output);
        Run("build", "-t", "team/tool:1", "--build-arg", "WHO=jenkins", "-f", workspace + "/Dockerfile", workspace).Exits(0);
        Run("tag", "team/tool:1", "team/tool:latest").Exits(0);

        string id = Run(
            "run", "-t", "-d", "-u", "1000:1000", "-w", workspace, "-v", $"{workspace}:{workspace}:rw,z", "-v", $"{temporary}:{temporary}:rw,z",
            "-e", "BUILD_ID=7", "-e", "JOB=a b", "team/tool:1", "cat").Output;
        Assert.Equal(64, id.Length);
        string[] processes = Run("top", id, "-eo", "pid,comm").Lines;
        Assert.Contains("cat", processes.Skip(1).Select(static line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[1]));
        Assert.StartsWith("20", Run("inspect", "-f", "{{json .Created}}", id).Output.Trim('"'), StringComparison.Ordinal);

        // A step of the durable-task plugin: a script that is detached, which writes its log and its result to the folder beside the workspace.
        Roots.NewFile("agent/job with space@tmp/script.sh", "set -e\ncat /who\nid -u\necho $JOB\nexit 4\n");
        CommandResult step = Run(
            "exec", "--env", "STAGE=test", "--workdir", workspace, id, "sh", "-c",
            $"{{ sh -xe '{temporary}/script.sh' > '{temporary}/log' 2>/dev/null; echo $? > '{temporary}/result'; }} &\nwait; cat '{temporary}/log' '{temporary}/result'; echo $STAGE; pwd").Exits(0);
        Assert.Equal($"jenkins\n1000\na b\n4\ntest\n{workspace}\n", step.Stdout);
        Run("exec", id, "ps").Exits(0);

        Run("stop", "--time=1", id).Exits(0);
        Run("rm", "-f", "--volumes", id).Exits(0);
        Run("inspect", "-f", ".", id).Exits(1);

        // withRun: a service, its port and its logs.
        string service = Run("run", "-d", "-p", "127.0.0.1::8080", "busybox:test", "sh", "-c", "echo up; exec httpd -f -p 8080 -h /www").Output;
        Assert.StartsWith("127.0.0.1:", Run("port", service, "8080").Output, StringComparison.Ordinal);
        Assert.True(Processes.Eventually(() => Run("logs", service).Output == "up"));
        Run("stop", service).Exits(0);
        Run("rm", "-f", service).Exits(0);
        Run("rmi", "team/tool:1", "team/tool:latest").Exits(0);
    }
}
