using System;
using FastRun.Cli.Options;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Output.Progress;

/// <summary>The flags of every command that may pull, and of those that push: how much it says about it.</summary>
/// <param name="what">What is done: a pull or a push.</param>
internal sealed class ProgressOptions(string what = "pull")
{
    private ProgressMode _mode;

    /// <summary>Whether nothing is to be said.</summary>
    internal bool Quiet { get; private set; }

    internal Option[] Build() =>
    [
        Option.Switch("quiet", 'q', $"Suppress the output of a {what}", value => Quiet = value),
        new("progress", '\0', "string", $"How a {what} shows its progress: auto, tty, plain, json, none", value => _mode = Parse(value)),
    ];

    /// <summary>Makes what shows a pull's progress.</summary>
    /// <param name="descriptor">Where it goes.</param>
    /// <param name="timings">Add where the time of each layer went.</param>
    internal PullOutput Open(int descriptor, bool timings) => new(View(descriptor)) { Timings = timings };

    /// <summary>Makes what shows a push's progress.</summary>
    /// <param name="descriptor">Where it goes.</param>
    internal PushOutput OpenPush(int descriptor) => new(View(descriptor));

    private ProgressView View(int descriptor)
    {
        var output = new OutputWriter(descriptor);
        ProgressMode mode = Quiet ? ProgressMode.None : _mode;
        if (mode == ProgressMode.Auto)
        {
            mode = output.IsTerminal && Environment.GetEnvironmentVariable("TERM") != "dumb"
                ? ProgressMode.Terminal
                : ProgressMode.Plain;
        }

        return mode switch
        {
            ProgressMode.Terminal => new TerminalProgressView(output, descriptor),
            ProgressMode.Plain => new PlainProgressView(output),
            ProgressMode.Json => new JsonProgressView(output),
            _ => new ProgressView(output),
        };
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
