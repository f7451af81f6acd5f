using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Layers.Images;

namespace FastRun.Engine.Launch;

/// <summary>What is executed: the argument vector, and the files that can stand for its first element.</summary>
/// <param name="Arguments">argv.</param>
/// <param name="Candidates">Paths for execve, in the order of PATH.</param>
internal sealed record CommandLine(IReadOnlyList<string> Arguments, IReadOnlyList<string> Candidates)
{
    /// <summary>NAME_MAX of linux/limits.h.</summary>
    private const int LongestName = 255;

    /// <summary>MAX_ARG_STRLEN of linux/binfmts.h: no execve takes a longer variable.</summary>
    private const int LongestVariable = 128 * 1024;

    /// <summary>Joins entrypoint and command as Docker does: a new entrypoint drops the image's command.</summary>
    /// <exception cref="EngineException">There is nothing to execute.</exception>
    internal static CommandLine Of(
        ContainerCreateRequest request, LaunchRecord? image, IReadOnlyList<string> environment)
    {
        string[] arguments = ArgumentsOf(request, image);
        if (arguments.Length == 0)
        {
            throw new EngineException(
                ErrorKind.InvalidArgument, $"{request.Image}: no command specified", hint: "give one behind --");
        }

        return Of(arguments, environment);
    }

    /// <summary>Looks up where PATH leads.</summary>
    /// <param name="arguments">argv, at least one.</param>
    /// <param name="environment">The environment.</param>
    /// <exception cref="EngineException">There cannot be such a file.</exception>
    internal static CommandLine Of(IReadOnlyList<string> arguments, IReadOnlyList<string> environment) =>
        arguments[0].Length == 0
            ? throw new EngineException(ErrorKind.CommandNotFound, "exec: \"\": executable file not found in $PATH")
            : new CommandLine(arguments, CandidatesFor(arguments[0], environment));

    /// <summary>argv as request and image make it; empty where neither names a command.</summary>
    internal static string[] ArgumentsOf(ContainerCreateRequest request, LaunchRecord? image)
    {
        IReadOnlyList<string> entrypoint = request.Entrypoint ?? image?.Entrypoint ?? [];
        if (entrypoint is [""])
        {
            entrypoint = [];
        }

        IReadOnlyList<string> command =
            request.Command ?? (request.Entrypoint is null ? image?.Cmd : null) ?? [];
        return [.. entrypoint, .. command];
    }

    private static List<string> CandidatesFor(string file, IReadOnlyList<string> environment)
    {
        List<string> candidates = [];
        if (file.Contains('/', StringComparison.Ordinal))
        {
            candidates.Add(file);
            return candidates;
        }

        string path = ContainerEnvironment.Value(environment, "PATH");
        if (file.Length > LongestName || path.Length > LongestVariable)
        {
            throw new EngineException(
                ErrorKind.CommandNotFound, "exec: executable file not found in $PATH: the name or PATH is longer than the kernel takes");
        }

        if (path.Length == 0)
        {
            throw new EngineException(ErrorKind.CommandNotFound, $"exec: \"{file}\": executable file not found in $PATH");
        }

        foreach (string directory in path.Split(':'))
        {
            candidates.Add(directory.Length == 0 ? "./" + file : directory.TrimEnd('/') + "/" + file);
        }

        return candidates;
    }
}
