using System;
using System.Collections.Generic;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>
/// Tests that run sandboxes with state roots of their own. Every one of them also proves that its sandboxes left nothing:
/// that is checked when it ends.
/// </summary>
public abstract class SandboxTest : IDisposable
{
    private bool _disposed;

    private protected SandboxTest(TestImages images) => Images = images;

    /// <summary>The images that all tests share.</summary>
    private protected TestImages Images { get; }

    /// <summary>This test's state.</summary>
    private protected StateRoots Roots { get; } = new();

    /// <summary>Set by a test that leaves something on purpose.</summary>
    private protected bool LeavesSomething { get; set; }

    /// <inheritdoc/>
    public void Dispose()
    {
        Dispose(disposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Checks for leftovers and removes the state.</summary>
    protected virtual void Dispose(bool disposing)
    {
        if (_disposed || !disposing)
        {
            return;
        }

        _disposed = true;
        IReadOnlyList<string> leftovers = LeavesSomething ? [] : Roots.Leftovers();
        Roots.Dispose();
        Assert.Empty(leftovers);
    }

    /// <summary>A fastrun command line on this test's roots.</summary>
    private protected Command FastRun(params IReadOnlyList<string> arguments) =>
        new(Repository.Binary, [.. Roots.Options, .. arguments]) { WorkingDirectory = Roots.Top };

    /// <summary><c>fastrun exec --no-workspace FLAGS BUSYBOX -- COMMAND</c>.</summary>
    private protected Command ExecCommand(IReadOnlyList<string> flags, params IReadOnlyList<string> command) =>
        FastRun(["exec", "--no-workspace", .. flags, Images.Busybox, "--", .. command]);

    /// <summary>Runs a command in a busybox sandbox.</summary>
    private protected CommandResult Exec(IReadOnlyList<string> flags, params IReadOnlyList<string> command) =>
        ExecCommand(flags, command).Run();

    /// <summary>Runs a shell script in a busybox sandbox.</summary>
    private protected CommandResult Shell(string script, params IReadOnlyList<string> flags) => Exec(flags, "sh", "-c", script);

    /// <summary>Runs one of <c>Probes/probe.c</c>'s words in a sandbox.</summary>
    private protected CommandResult Probe(IReadOnlyList<string> flags, params IReadOnlyList<string> words) =>
        FastRun(["exec", "--no-workspace", .. flags, Images.Probe, "--", "/probe", .. words]).Run();
}
