using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Records;

namespace FastRun.Engine.Logs;

/// <summary>What is kept with each entry of a log: the labels, variables and tag that its options name.</summary>
internal static class LogAttributes
{
    /// <summary>Collects them, in the order of their names.</summary>
    /// <param name="options">The log's options.</param>
    /// <param name="record">The container.</param>
    /// <param name="environment">Its environment.</param>
    internal static SortedDictionary<string, string> Of(LogOptions options, ContainerRecord record, IReadOnlyList<string> environment)
    {
        SortedDictionary<string, string> attributes = new(StringComparer.Ordinal);
        foreach ((string label, string value) in record.Request.Labels)
        {
            if (options.Labels.Has(label))
            {
                attributes[label] = value;
            }
        }

        foreach (string variable in environment)
        {
            int equals = variable.IndexOf('=', StringComparison.Ordinal);
            if (equals > 0 && options.Env.Has(variable[..equals]))
            {
                attributes[variable[..equals]] = variable[(equals + 1)..];
            }
        }

        if (options.Tag.Length > 0)
        {
            attributes["tag"] = LogTag.Expand(options.Tag, record);
        }

        return attributes;
    }
}
