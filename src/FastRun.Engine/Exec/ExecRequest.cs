using System.Collections.Generic;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Exec;

/// <summary>One more process for a container that runs (Engine API, ContainerExec).</summary>
public sealed record ExecRequest
{
    /// <summary>The command and its arguments; at least one.</summary>
    public required IReadOnlyList<string> Command { get; init; }

    /// <summary><c>NAME=value</c>; <c>NAME</c> alone takes away a variable of the container. Later ones win.</summary>
    public IReadOnlyList<string> Env { get; init; } = [];

    /// <summary>The working directory; null takes the container's.</summary>
    public string? WorkingDir { get; init; }

    /// <summary><c>user[:group]</c> by name or number; null takes the container's.</summary>
    public string? User { get; init; }

    /// <summary>A pseudo terminal (-t).</summary>
    public bool Tty { get; init; }

    /// <summary>Standard input is the caller's (-i); otherwise it is empty.</summary>
    public bool OpenStdin { get; init; }

    /// <summary>Without a terminal: its output goes to the caller of the process that holds it, who may leave.</summary>
    public bool Attached { get; init; }

    /// <summary>The first size of its terminal; null leaves it at zero by zero.</summary>
    public WindowSize? Size { get; init; }

    /// <summary>All capabilities that this host can give. The container's seccomp filter stays, as in Docker.</summary>
    public bool Privileged { get; init; }
}
