using System;
using System.Collections.Generic;
using System.Text;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>The options of a mount: one line of comma-separated values, where quotes may stand around a whole field (RFC 4180).</summary>
internal static class MountFields
{
    /// <summary>Splits them.</summary>
    /// <exception cref="DockerfileException">A quote is not closed.</exception>
    internal static IReadOnlyList<string> Split(string options)
    {
        List<string> fields = [];
        StringBuilder field = new();
        bool quoted = false;
        for (int i = 0; i < options.Length; i++)
        {
            char c = options[i];
            if (c == '"' && (quoted || field.Length == 0))
            {
                if (quoted && i + 1 < options.Length && options[i + 1] == '"')
                {
                    field.Append(options[++i]);
                    continue;
                }

                quoted = !quoted;
            }
            else if (c == ',' && !quoted)
            {
                fields.Add(field.ToString());
                field.Clear();
            }
            else
            {
                field.Append(c);
            }
        }

        if (quoted)
        {
            throw new DockerfileException(LineRange.None, "failed to parse csv mounts: a quote is not closed");
        }

        fields.Add(field.ToString());
        return fields;
    }

    /// <summary>A field's key in lower case, and its value; null where there is no <c>=</c>.</summary>
    internal static (string Key, string? Value) Pair(string field)
    {
        int equals = field.IndexOf('=', StringComparison.Ordinal);
        return equals < 0 ? (field.ToLowerInvariant(), null) : (field[..equals].ToLowerInvariant(), field[(equals + 1)..]);
    }

    /// <summary>A switch, as Go reads it; without a value it is on.</summary>
    /// <exception cref="DockerfileException">It is none.</exception>
    internal static bool Boolean(string key, string? value) => value switch
    {
        null or "1" or "t" or "T" or "true" or "TRUE" or "True" => true,
        "0" or "f" or "F" or "false" or "FALSE" or "False" => false,
        _ => throw new DockerfileException(LineRange.None, $"invalid value for {key}: {value}") { IsPlain = true },
    };
}
