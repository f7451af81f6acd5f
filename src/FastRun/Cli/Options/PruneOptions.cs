using System;
using System.Collections.Generic;
using FastRun.Cli.Output;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;

namespace FastRun.Cli.Options;

/// <summary>What the commands share that remove what is not used: filters, and the question before.</summary>
internal sealed class PruneOptions
{
    private bool _force;

    /// <summary>The filters but for <c>until</c>.</summary>
    internal FilterTerms Filters { get; } = new();

    /// <summary>Only what was made before; null for all.</summary>
    internal DateTimeOffset? Until { get; private set; }

    /// <summary>All filters as they were given.</summary>
    internal List<string> Texts { get; } = [];

    internal Option[] Build(string filters) =>
    [
        new("filter", '\0', "filter", $"Remove only some: {filters}", Add),
        Option.Switch("force", 'f', "Do not prompt for confirmation", value => _force = value),
    ];

    /// <summary>Whether to go on.</summary>
    internal bool IsConfirmed(string warning, OutputWriter output) => _force || Confirmation.Ask(warning, output);

    private void Add(string text)
    {
        (string key, string value) = Values.Filter(text);
        Texts.Add(text);
        if (key != "until")
        {
            Filters.Add(key, value);
            return;
        }

        Until = Until is null ? PointInTime.Parse(value) : throw EngineException.Invalid("more than one until filter specified");
    }
}
