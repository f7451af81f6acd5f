using System;
using System.Collections.Generic;
using System.IO;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary>Tests of builds: contexts of their own, upon <c>busybox</c> (one layer) and <c>layered</c>.</summary>
public abstract class BuildTest : SandboxTest
{
    private protected BuildTest(TestImages images)
        : base(images)
    {
        _ = FastRun("exec", "--no-workspace", images.Busybox, "--", "true").Run().Exits(0);
    }

    /// <summary>The directory that is the context of <see cref="Build"/>.</summary>
    private protected string ContextDirectory => Roots.NewDirectory("context");

    /// <summary>Writes a file of the context.</summary>
    private protected void Write(string name, string content) => Roots.NewFile(Path.Combine("context", name), content);

    /// <summary>The command that builds a Dockerfile.</summary>
    private protected Command BuildCommand(string dockerfile, params IReadOnlyList<string> flags)
    {
        Write("Dockerfile", dockerfile);
        return FastRun(["build", "--progress", "plain", .. flags, ContextDirectory]);
    }

    /// <summary>Builds a Dockerfile and returns what it printed on standard error.</summary>
    private protected string Build(string dockerfile, params IReadOnlyList<string> flags)
    {
        CommandResult result = BuildCommand(dockerfile, flags).Run().Exits(0);
        Assert.Equal("", result.Stdout);
        return result.Stderr;
    }

    /// <summary>The id that a name means.</summary>
    private protected string IdOf(string name) => FastRun("image", "inspect", "-f", "{{.Id}}", name).Run().Output;

    /// <summary>The image's document as <c>inspect</c> gives it.</summary>
    private protected JsonNode Inspect(string name) => JsonNode.Parse(FastRun("image", "inspect", name).Run().Output)![0]!;

    /// <summary>Runs a script in an image.</summary>
    private protected string In(string image, string script) =>
        FastRun("exec", "--no-workspace", "--entrypoint", "sh", image, "--", "-c", script).Run().Output;

    /// <summary>The lines of an image's history, oldest first.</summary>
    private protected string[] History(string image)
    {
        string[] lines = FastRun("history", "--no-trunc", "--format", "{{.CreatedBy}}", image).Run().Lines;
        Array.Reverse(lines);
        return lines;
    }
}
