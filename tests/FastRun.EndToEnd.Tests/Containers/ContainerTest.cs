using System;
using System.Collections.Generic;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>Tests of containers with a life of their own: what is left when a test ends is removed first.</summary>
public abstract class ContainerTest : SandboxTest
{
    private protected ContainerTest(TestImages images)
        : base(images)
    {
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        string left = FastRun("ps", "-aq").Run().Output;
        if (left.Length > 0)
        {
            FastRun(["rm", "-f", "-v", .. left.Split('\n')]).Run();
        }

        // A container that removes itself may still be at it.
        Processes.Eventually(() => Roots.Leftovers().Count == 0);
        base.Dispose(disposing);
    }

    /// <summary><c>fastrun run FLAGS BUSYBOX COMMAND</c>.</summary>
    private protected Command RunCommand(IReadOnlyList<string> flags, params IReadOnlyList<string> command) =>
        FastRun(["run", .. flags, Images.Busybox, .. command]);

    /// <summary>Runs a command in a new busybox container.</summary>
    private protected CommandResult Run(IReadOnlyList<string> flags, params IReadOnlyList<string> command) =>
        RunCommand(flags, command).Run();

    /// <summary>Starts a container in the background and returns its id.</summary>
    private protected string Detached(IReadOnlyList<string> flags, params IReadOnlyList<string> command) =>
        Run(["-d", .. flags], command).Output;

    /// <summary>A container's state as <c>ps -a</c> tells it.</summary>
    private protected string StateOf(string name) =>
        Array.Find(FastRun("ps", "-a", "--format", "{{.Names}} {{.State}}").Run().Lines, line => line.StartsWith(name + " ", StringComparison.Ordinal))
            ?[(name.Length + 1)..] ?? "none";
}
