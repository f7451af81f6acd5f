using System.Collections.Generic;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Tests of builds that a client of <c>fastrun daemon</c> asks for, upon <c>busybox:test</c>.</summary>
public abstract class ApiBuildTest : ApiTest
{
    private protected ApiBuildTest(TestImages images)
        : base(images)
    {
    }

    /// <summary>The directory that is the context.</summary>
    private protected string Context => Roots.NewDirectory("context");

    /// <summary>The CLI's configuration.</summary>
    private protected string Configuration => Roots.NewDirectory("docker-config");

    /// <summary>Whether the CLI builds with BuildKit, by its plugin.</summary>
    private protected abstract bool WithBuildKit { get; }

    /// <summary>Writes a file of the context.</summary>
    private protected void Write(string name, string content) => Roots.NewFile(Path.Combine("context", name), content);

    /// <summary>A command of the CLI, which runs in the context.</summary>
    private protected Command Cli(params IReadOnlyList<string> arguments) => Daemon.Docker(arguments) with
    {
        WorkingDirectory = Context,
        Environment = new Dictionary<string, string?>
        {
            ["DOCKER_CONFIG"] = Configuration,
            ["DOCKER_BUILDKIT"] = WithBuildKit ? "1" : "0",
            ["BUILDX_CONFIG"] = Roots.NewDirectory("buildx"),
        },
    };

    /// <summary><c>docker build FLAGS .</c> of a Dockerfile.</summary>
    private protected Command BuildCommand(string dockerfile, params IReadOnlyList<string> flags)
    {
        Write("Dockerfile", dockerfile);
        return Cli(["build", .. flags, "."]);
    }

    /// <summary>What a script says in an image.</summary>
    private protected string In(string image, string script) =>
        Daemon.Docker("run", "--rm", "--network", "none", image, "sh", "-c", script).Run().Exits(0).Output;

    private protected string Inspect(string image, string template) => Daemon.Docker("image", "inspect", "-f", template, image).Run().Exits(0).Output;
}
