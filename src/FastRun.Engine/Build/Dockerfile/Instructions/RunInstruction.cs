using System;
using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>RUN. The command is not expanded; <see cref="MountOptions"/> are, when they are parsed (<see cref="RunMount.Parse"/>).</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Command">
/// What is run. Here-documents are in it as Docker passes them on: a lone one is the shell's script, others are text behind the line.
/// </param>
internal sealed record RunInstruction(InstructionSource Source, CommandLine Command) : Instruction(Source)
{
    /// <summary>
    /// A lone here-document that begins with <c>#!</c>: an executable file that is run as <c>/dev/pipes/NAME</c> instead of
    /// <see cref="Command"/>; null otherwise.
    /// </summary>
    internal Heredoc? Script { get; init; }

    /// <summary>The value of each <c>--mount</c>, as written.</summary>
    internal IReadOnlyList<string> MountOptions { get; init; } = [];

    /// <summary>What <c>--network</c> says: <c>default</c>, <c>none</c> or <c>host</c>.</summary>
    internal string Network { get; init; } = "default";

    /// <summary>What <c>--security</c> says: <c>sandbox</c> or <c>insecure</c>.</summary>
    internal string Security { get; init; } = "sandbox";

    /// <summary>What <c>from=</c> of the mounts says: stages, contexts or images. Variables are not allowed in it.</summary>
    internal IReadOnlyList<string> MountSources { get; init; } = [];

    /// <summary>The mounts.</summary>
    /// <param name="expand">Expands one value with the stage's ARGs and ENVs.</param>
    /// <exception cref="DockerfileException">One is wrong.</exception>
    internal IReadOnlyList<RunMount> Mounts(Func<string, string> expand)
    {
        List<RunMount> mounts = [];
        foreach (string options in MountOptions)
        {
            try
            {
                mounts.Add(RunMount.Parse(options, expand));
            }
            catch (DockerfileException e)
            {
                throw e.At(Lines);
            }
        }

        return mounts;
    }
}
