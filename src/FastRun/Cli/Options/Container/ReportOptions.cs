using FastRun.Cli.Output;
using FastRun.Engine;

namespace FastRun.Cli.Options.Container;

/// <summary>Flags about what a run tells of itself afterwards.</summary>
internal sealed class ReportOptions
{
    private string? _file;

    internal bool IsGiven => _file is not null;

    internal Option[] Build() =>
    [
        new("report", '\0', "file", "Afterwards, write to this file as JSON what the run used and how it ended (docs/run-report.md)", value => _file = value),
    ];

    internal RunOptions ApplyTo(RunOptions options) => options with
    {
        ReportFile = _file,
        FailureCode = ExitCodes.OfRun,
        Waiting = static processes => ErrorReport.Write(WaitingText.Of(processes)),
    };
}
