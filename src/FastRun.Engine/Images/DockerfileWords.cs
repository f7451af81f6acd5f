using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Images;

/// <summary>The words of a Dockerfile's instruction, with its quotes, backslashes and variables (Dockerfile reference, "Environment replacement").</summary>
internal static class DockerfileWords
{
    /// <summary>Splits at white space that is neither quoted nor behind a backslash; quotes and backslashes stay.</summary>
    internal static List<string> Split(string text)
    {
        List<string> words = [];
        StringBuilder word = new();
        char quote = '\0';
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (c == '\\' && quote != '\'' && i + 1 < text.Length)
            {
                word.Append(c).Append(text[++i]);
                continue;
            }

            if (quote == '\0' && char.IsWhiteSpace(c))
            {
                if (word.Length > 0)
                {
                    words.Add(word.ToString());
                    word.Clear();
                }

                continue;
            }

            quote = quote == '\0' && c is '"' or '\'' ? c : quote == c ? '\0' : quote;
            word.Append(c);
        }

        if (word.Length > 0)
        {
            words.Add(word.ToString());
        }

        return words;
    }

    /// <summary>Takes quotes and backslashes off and puts the values of variables in.</summary>
    /// <param name="word">The word.</param>
    /// <param name="environment">The variables, <c>NAME=value</c>.</param>
    /// <exception cref="EngineException">A quote or a brace is not closed.</exception>
    internal static string Expand(string word, IReadOnlyList<string> environment)
    {
        StringBuilder text = new();
        char quote = '\0';
        for (int i = 0; i < word.Length; i++)
        {
            char c = word[i];
            if (quote == '\'')
            {
                quote = c == '\'' ? '\0' : quote;
                text.Append(c == '\'' ? "" : c.ToString());
            }
            else if (c == '\\' && i + 1 < word.Length)
            {
                // Between double quotes a backslash means itself before what it has no meaning for.
                char next = word[++i];
                text.Append(quote == '"' && next is not ('"' or '$' or '\\') ? "\\" : "").Append(next);
            }
            else if (c == '"' || (c == '\'' && quote == '\0'))
            {
                quote = quote == '\0' ? c : '\0';
            }
            else if (c == '$')
            {
                text.Append(Variable(word, ref i, environment));
            }
            else
            {
                text.Append(c);
            }
        }

        return quote == '\0' ? text.ToString() : throw EngineException.Invalid($"unexpected end of statement while looking for matching {(quote == '"' ? "double" : "single")}-quote");
    }

    private static string Variable(string word, ref int at, IReadOnlyList<string> environment)
    {
        int start = at + 1;
        bool braced = start < word.Length && word[start] == '{';
        start += braced ? 1 : 0;
        int end = start;
        while (end < word.Length && (char.IsAsciiLetterOrDigit(word[end]) || word[end] == '_') && !(end == start && char.IsAsciiDigit(word[end])))
        {
            end++;
        }

        string name = word[start..end];
        if (!braced)
        {
            at = end - 1;
            return name.Length == 0 ? "$" : ValueOf(name, environment) ?? "";
        }

        int close = word.IndexOf('}', end);
        if (close < 0 || name.Length == 0)
        {
            throw EngineException.Invalid($"{word}: unsupported or unfinished modifier in substitution");
        }

        string modifier = word[end..close];
        at = close;
        string? value = ValueOf(name, environment);
        return modifier switch
        {
            "" => value ?? "",
            [':', '-', ..] => value is { Length: > 0 } ? value : Expand(modifier[2..], environment),
            [':', '+', ..] => value is { Length: > 0 } ? Expand(modifier[2..], environment) : "",
            ['-', ..] => value ?? Expand(modifier[1..], environment),
            ['+', ..] => value is null ? "" : Expand(modifier[1..], environment),
            _ => throw EngineException.Invalid($"unsupported modifier ({modifier}) in substitution"),
        };
    }

    private static string? ValueOf(string name, IReadOnlyList<string> environment)
    {
        foreach (string variable in environment)
        {
            if (variable.Length > name.Length && variable[name.Length] == '=' && variable.StartsWith(name, System.StringComparison.Ordinal))
            {
                return variable[(name.Length + 1)..];
            }
        }

        return null;
    }
}
