using System;
using FastRun.Cli.Options;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Output.Progress;

/// <summary>The flags of every command that may pull: how much it says about it.</summary>
internal sealed class ProgressOptions
{
    private ProgressMode _mode;

    /// <summary>Whether nothing is to be said.</summary>
    internal bool Quiet { get; private set; }

    internal Option[] Build() =>
    [
        Option.Switch("quiet", 'q', "Suppress the output of a pull", value => Quiet = value),
        new("progress", '\0', "string", "How a pull shows its progress: auto, tty, plain, json, none", value => _mode = Parse(value)),
    ];

    /// <summary>Makes what shows a pull's progress.</summary>
    /// <param name="descriptor">Where it goes.</param>
    /// <param name="timings">Add where the time of each layer went.</param>
    internal PullOutput Open(int descriptor, bool timings)
    {
        var output = new OutputWriter(descriptor);
        ProgressMode mode = Quiet ? ProgressMode.None : _mode;
        if (mode == ProgressMode.Auto)
        {
            mode = output.IsTerminal && Environment.GetEnvironmentVariable("TERM") != "dumb"
                ? ProgressMode.Terminal
                : ProgressMode.Plain;
        }

        PullOutput opened = mode switch
        {
            ProgressMode.Terminal => new TerminalPullOutput(output, descriptor),
            ProgressMode.Plain => new PlainPullOutput(output),
            ProgressMode.Json => new JsonPullOutput(output),
            _ => new PullOutput(output),
        };
        opened.Timings = timings;
        return opened;
    }

    private static ProgressMode Parse(string text) => text switch
    {
        "auto" => ProgressMode.Auto,
        "tty" => ProgressMode.Terminal,
        "plain" => ProgressMode.Plain,
        "json" => ProgressMode.Json,
        "none" or "quiet" => ProgressMode.None,
        _ => throw EngineException.Invalid("must be auto, tty, plain, json or none"),
    };
}
