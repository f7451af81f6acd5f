using System.Collections.Generic;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>podman with a store of its own.</summary>
internal sealed class Podman(StateRoots roots)
{
    private readonly string[] _store =
        ["--root", roots.NewDirectory("podman"), "--runroot", roots.NewDirectory("podman-run"), "--storage-driver", "vfs"];

    /// <summary>Runs a command that must succeed.</summary>
    internal string Output(params IReadOnlyList<string> arguments) => Command.Output("podman", [.. _store, .. arguments]);
}
