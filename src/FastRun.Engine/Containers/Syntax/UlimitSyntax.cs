using System;
using System.Globalization;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>The text form of a <see cref="Ulimit"/>: <c>name=soft[:hard]</c>, -1 meaning unlimited.</summary>
public static class UlimitSyntax
{
    /// <summary>Parses one limit; a single value sets both.</summary>
    /// <exception cref="EngineException">It is not a limit.</exception>
    public static Ulimit Parse(string text)
    {
        int equals = text.IndexOf('=', StringComparison.Ordinal);
        if (equals < 0)
        {
            throw EngineException.Invalid($"invalid ulimit argument: {text}");
        }

        string name = text[..equals];
        if (!IsKnown(name))
        {
            throw EngineException.Invalid($"invalid ulimit type: {name}");
        }

        string[] values = text[(equals + 1)..].Split(':');
        if (values.Length > 2)
        {
            throw EngineException.Invalid($"too many limit value arguments - {text[(equals + 1)..]}, can only have up to two, 'soft[:hard]'");
        }

        long soft = ParseLimit(values[0]);
        long hard = values.Length == 2 ? ParseLimit(values[1]) : soft;
        if (hard != -1 && (soft > hard || soft == -1))
        {
            throw EngineException.Invalid($"ulimit soft limit must be less than or equal to hard limit: {soft} > {hard}");
        }

        return new Ulimit(name, soft, hard);
    }

    /// <summary>Whether the kernel has a limit of this name (getrlimit(2), without RLIMIT_, in lower case).</summary>
    public static bool IsKnown(string name) => name is "as" or "core" or "cpu" or "data" or "fsize" or "locks" or "memlock"
        or "msgqueue" or "nice" or "nofile" or "nproc" or "rss" or "rtprio" or "rttime" or "sigpending" or "stack";

    private static long ParseLimit(string text) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out long value) && value >= -1
            ? value
            : throw EngineException.Invalid($"invalid ulimit value: '{text}'");
}
