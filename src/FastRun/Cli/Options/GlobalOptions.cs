using System;

namespace FastRun.Cli.Options;

/// <summary>The flags that every command takes, before or after its name.</summary>
internal sealed class GlobalOptions
{
    internal string DataRoot { get; private set; } =
        Environment.GetEnvironmentVariable("FASTRUN_DATA_ROOT") is { Length: > 0 } root ? root : "/var/lib/fastrun";

    internal string RunRoot { get; private set; } = "/run/fastrun";

    internal bool Debug { get; private set; }

    internal static Option[] Build(GlobalOptions options) =>
    [
        new("data-root", '\0', "dir", "Where images and volumes are kept (default \"/var/lib/fastrun\", or $FASTRUN_DATA_ROOT)", value => options.DataRoot = value),
        new("run-root", '\0', "dir", "Where the state of this boot is kept (default \"/run/fastrun\")", value => options.RunRoot = value),
        Option.Switch("debug", 'D', "When something fails, print the chain of causes", value => options.Debug = value),
    ];
}
