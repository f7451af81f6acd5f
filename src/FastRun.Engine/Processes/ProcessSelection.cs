using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Processes;

/// <summary>
/// The options of ps(1) that make columns: <c>-ef</c>, <c>aux</c>, <c>-o LIST</c> and their like. Those that choose processes
/// choose all of a container's here; a form that is not known is an error, not another table.
/// </summary>
internal static class ProcessSelection
{
    private static readonly string[] s_full = ["user", "pid", "ppid", "c", "stime", "tname", "time", "cmd"];
    private static readonly string[] s_user = ["user", "pid", "%cpu", "%mem", "vsz", "rss", "tname", "stat", "start_time", "bsdtime", "command"];
    private static readonly string[] s_plain = ["pid", "tname", "time", "ucmd"];
    private static readonly string[] s_bsd = ["pid", "tname", "stat", "bsdtime", "command"];
    private static readonly string[] s_jobs = ["pid", "pgid", "sid", "tname", "time", "ucmd"];

    /// <summary>The columns that options ask for; without any, those of <c>-ef</c>, as in Docker.</summary>
    /// <exception cref="EngineException">An option or a column is not known.</exception>
    internal static List<ProcessColumn> Columns(IReadOnlyList<string> options)
    {
        if (options.Count == 0)
        {
            return Of(s_full);
        }

        List<ProcessColumn> chosen = [];
        string[] form = s_plain;
        for (int i = 0; i < options.Count; i++)
        {
            string option = options[i];
            bool dash = option.StartsWith('-');
            string letters = dash ? option[1..] : option;

            // ps takes -aux for aux, unless there is a user x.
            bool bsd = !dash || (letters.Contains('a') && letters.Contains('u') && letters.Contains('x'));
            if (letters.Length == 0 || option.StartsWith("--", StringComparison.Ordinal))
            {
                throw Unknown(option);
            }

            for (int at = 0; at < letters.Length; at++)
            {
                switch (letters[at])
                {
                    case 'o':
                        string list = at + 1 < letters.Length ? letters[(at + 1)..]
                            : i + 1 < options.Count ? options[++i]
                            : throw EngineException.Invalid("ps: format specification must follow -o");
                        AddList(list, chosen);
                        at = letters.Length;
                        break;
                    case 'f' when dash && !bsd:
                        form = s_full;
                        break;
                    case 'j' when dash && !bsd:
                        form = s_jobs;
                        break;
                    case 'u' when bsd:
                        form = s_user;
                        break;
                    case 'a' or 'x' when bsd:
                        form = form == s_plain ? s_bsd : form;
                        break;
                    case 'e' or 'A' or 'a' or 'd' when dash:
                    case 'w' or 'h' when bsd || letters[at] == 'w':
                        break;
                    default:
                        throw Unknown(option);
                }
            }
        }

        return chosen.Count > 0 ? chosen : Of(form);
    }

    private static List<ProcessColumn> Of(string[] form)
    {
        List<ProcessColumn> columns = [.. Array.ConvertAll(form, Find)];
        if (form == s_full)
        {
            // The name of the user, under the title of its number.
            columns[0] = columns[0] with { Title = "UID" };
        }

        return columns;
    }

    /// <summary>Names between commas or blanks; <c>name=TITLE</c> takes the rest as its title.</summary>
    private static void AddList(string list, List<ProcessColumn> chosen)
    {
        string rest = list.Trim();
        while (rest.Length > 0)
        {
            int end = rest.AsSpan().IndexOfAny(',', ' ', '=');
            string name = end < 0 ? rest : rest[..end];
            if (end >= 0 && rest[end] == '=')
            {
                chosen.Add(Find(name) with { Title = rest[(end + 1)..] });
                return;
            }

            chosen.Add(Find(name));
            rest = end < 0 ? "" : rest[(end + 1)..].TrimStart();
        }
    }

    private static ProcessColumn Find(string name) => ProcessColumns.Find(name)
        ?? throw EngineException.Invalid($"ps: unknown user-defined format specifier \"{name}\"");

    private static EngineException Unknown(string option) => new(
        ErrorKind.Unsupported,
        $"ps: option {option} is not known",
        hint: "there are -ef, -e, -j, aux, ax and -o with a list of columns; fastrun has these itself and runs no ps");
}
