using System;

namespace FastRun.Cli.Options.Container;

/// <summary>How a container is asked to end: the flags of <c>stop</c> and <c>restart</c>.</summary>
internal sealed class StopOptions
{
    /// <summary>The signal; null for the container's own.</summary>
    internal string? Signal { get; private set; }

    /// <summary>Seconds that it may take, -1 for as long as it likes; null for the container's own.</summary>
    internal int? Seconds { get; private set; }

    internal Option[] Build()
    {
        Option timeout = new("timeout", 't', "int", "Seconds that it may take to end; -1 for as long as it likes", value => Seconds = (int)Math.Clamp(Values.Integer(value), -1, int.MaxValue));
        return
        [
            new("signal", 's', "string", "Signal that asks it to end", value => Signal = value),
            timeout,
            timeout.Alias("time"),
        ];
    }
}
