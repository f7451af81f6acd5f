namespace FastRun.Cli.Options;

/// <summary>What the tables of containers share: which ones, how wide, in which form.</summary>
internal sealed class ContainerListOptions
{
    /// <summary>Also those that do not run.</summary>
    internal bool All { get; private set; }

    /// <summary>Ids, commands and mounts are not cut.</summary>
    internal bool Full { get; private set; }

    /// <summary>The form; empty for the usual table.</summary>
    internal string Format { get; private set; } = "";

    internal Option[] Build() =>
    [
        Option.Switch("all", 'a', "Show all containers, not only those that run", value => All = value),
        new("format", '\0', "string", "Format output: table, 'table TEMPLATE', json, or a Go template", value => Format = value),
        Option.Switch("no-trunc", '\0', "Don't truncate output", value => Full = value),
    ];
}
