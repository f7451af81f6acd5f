using System.IO;
using FastRun.Cli.Output;
using FastRun.Engine;
using FastRun.Engine.Containers.Requests;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about what a run tells of itself afterwards.</summary>
internal sealed class ReportOptions
{
    private string? _report;
    private string? _trace;

    /// <summary>The flags that were built.</summary>
    internal Option[] Options { get; private set; } = [];

    internal Option[] Build() => Options =
    [
        new("report", '\0', "file", "Afterwards, write to this file as JSON what the run used and how it ended (docs/run-report.md)", value => _report = value),
        new("trace", '\0', "file", "Write to this file where the time of the start and of the pull went, as a trace that Perfetto opens (docs/run-report.md)", value => _trace = value),
    ];

    internal ContainerCreateRequest ApplyTo(ContainerCreateRequest request) => request with { ReportFile = Whole(_report) };

    internal RunOptions ApplyTo(RunOptions options) => options with
    {
        TraceFile = Whole(_trace),
        Refused = static refusals => ErrorReport.Write(EgressText.Of(refusals)),
        Waiting = static processes => ErrorReport.Write(WaitingText.Of(processes)),
    };

    /// <summary>Whoever writes it may have another working directory.</summary>
    private static string? Whole(string? path) => string.IsNullOrEmpty(path) ? path : Path.GetFullPath(path);
}
