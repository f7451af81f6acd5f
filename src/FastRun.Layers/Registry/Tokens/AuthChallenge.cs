using System;
using System.Collections.Generic;
using System.Text;

namespace FastRun.Layers.Registry.Tokens;

/// <summary>The parameters of one challenge of a WWW-Authenticate header (RFC 9110, section 11.2).</summary>
internal static class AuthChallenge
{
    private const int MaxLength = 16 << 10;

    /// <summary>
    /// Parses <c>key="value",key=value</c>. Keys are case-insensitive; of two equal ones the first counts. What cannot be
    /// parsed ends the list.
    /// </summary>
    internal static Dictionary<string, string> ParseParameters(string? text)
    {
        Dictionary<string, string> parameters = new(StringComparer.OrdinalIgnoreCase);
        ReadOnlySpan<char> rest = text is { Length: <= MaxLength } ? text : default;
        while (true)
        {
            rest = rest.TrimStart(" \t,");
            int equals = rest.IndexOf('=');
            if (equals <= 0)
            {
                return parameters;
            }

            string key = rest[..equals].Trim().ToString();
            rest = rest[(equals + 1)..].TrimStart(" \t");
            if (TakeValue(ref rest) is not { } value)
            {
                return parameters;
            }

            parameters.TryAdd(key, value);
        }
    }

    private static string? TakeValue(ref ReadOnlySpan<char> rest)
    {
        if (rest.IsEmpty || rest[0] != '"')
        {
            int end = rest.IndexOfAny(' ', '\t', ',');
            string token = (end < 0 ? rest : rest[..end]).ToString();
            rest = end < 0 ? default : rest[end..];
            return token;
        }

        StringBuilder value = new();
        for (int i = 1; i < rest.Length; i++)
        {
            if (rest[i] == '"')
            {
                rest = rest[(i + 1)..];
                return value.ToString();
            }

            if (rest[i] == '\\' && i + 1 < rest.Length)
            {
                i++;
            }

            value.Append(rest[i]);
        }

        return null;
    }
}
