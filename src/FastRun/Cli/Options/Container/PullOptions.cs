using FastRun.Cli.Output;
using FastRun.Cli.Output.Progress;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Images;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about the image that is not here yet.</summary>
internal sealed class PullOptions
{
    private readonly ProgressOptions _progress = new();
    private PullPolicy _policy;
    private bool _offline;

    internal Option[] Build() =>
    [
        new("pull", '\0', "string", "Pull the image before running: always, missing, newer (if the registry answers), never (default \"missing\")", value => _policy = PullPolicySyntax.Parse(value)),
        Option.Switch("offline", '\0', "Ask no registry for anything; where something is missing, list its digests and fail", value => _offline = value),
        .. _progress.Build(),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request) =>
        request with { PullPolicy = _policy, Offline = _offline };

    /// <summary>What shows the progress of a pull on standard error: standard output is the command's.</summary>
    internal PullOutput OpenOutput(bool timings) => _progress.Open(OutputWriter.StandardError, timings);
}
