using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;

namespace FastRun.Cli.Options.Container;

/// <summary>The flag <c>--attach</c>: the streams that whoever makes a container means to have.</summary>
internal sealed class AttachOption
{
    private AttachStreams? _given;

    /// <summary>Whether it was given.</summary>
    internal bool IsGiven => _given is not null;

    internal Option Build() =>
        new("attach", 'a', "list", "Attach to these streams only: stdin, stdout, stderr", value => _given = (_given ?? AttachStreams.None) | StreamOf(value));

    /// <summary>The streams of a request: without the flag the output, and the input where it is open.</summary>
    internal AttachStreams StreamsOf(ContainerCreateRequest request) =>
        _given is { } wanted ? wanted
        : request.OpenStdin ? AttachStreams.Stdout | AttachStreams.Stderr | AttachStreams.Stdin
        : AttachStreams.Stdout | AttachStreams.Stderr;

    /// <summary>Notes them in the request. The input ends with who has it.</summary>
    internal static ContainerCreateRequest Note(ContainerCreateRequest request, AttachStreams streams) => request with
    {
        StdinOnce = request.OpenStdin && streams.HasFlag(AttachStreams.Stdin),
        AttachStdin = streams.HasFlag(AttachStreams.Stdin),
        AttachStdout = streams.HasFlag(AttachStreams.Stdout),
        AttachStderr = streams.HasFlag(AttachStreams.Stderr),
    };

    private static AttachStreams StreamOf(string name) => name.ToLowerInvariant() switch
    {
        "stdin" => AttachStreams.Stdin,
        "stdout" => AttachStreams.Stdout,
        "stderr" => AttachStreams.Stderr,
        _ => throw EngineException.Invalid("valid streams are STDIN, STDOUT and STDERR"),
    };
}
