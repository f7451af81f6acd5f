using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Cli.Commands;
using FastRun.Cli.Options;
using FastRun.Engine;

namespace FastRun.Cli.Output;

/// <summary>Manual pages in the macros of man(7), from the tables that parsing and help use.</summary>
internal static class ManualPage
{
    /// <summary>The page of the program.</summary>
    internal static string OfProgram()
    {
        StringBuilder text = Begin("fastrun", "a container engine for CI");
        text.Append(".B fastrun\n[OPTIONS] COMMAND\n.SH COMMANDS\n");
        foreach (CommandEntry entry in CommandTable.Entries)
        {
            if (!entry.IsHidden)
            {
                text.Append(".TP\n.B ").Append(Escape(entry.Name)).Append('\n').Append(Line(entry.Make().Summary)).Append('\n');
            }
        }

        AppendOptions(text, "OPTIONS", GlobalOptions.Build(new GlobalOptions()));
        return text.Append(".SH SEE ALSO\n.BR fastrun\\-exec (1),\n.BR fastrun\\-run (1)\n").ToString();
    }

    /// <summary>The page of a command.</summary>
    internal static string Of(CommandEntry entry)
    {
        Command command = entry.Make();
        StringBuilder text = Begin(NameOf(entry), command.Summary);
        text.Append(".B ").Append(Escape($"fastrun {entry.Name}")).Append('\n').Append(Line(command.Usage)).Append('\n');
        text.Append(".SH DESCRIPTION\n").Append(Line(command.Summary)).Append(".\n");
        if (entry.Spellings is [_, .. { Length: > 0 } others])
        {
            text.Append(".PP\nAlso: ").Append(Escape(string.Join(", ", Array.ConvertAll(others, static name => $"fastrun {name}")))).Append(".\n");
        }

        AppendDetails(text, command.Details);
        AppendOptions(text, "OPTIONS", command.BuildOptions());
        AppendOptions(text, "GLOBAL OPTIONS", GlobalOptions.Build(new GlobalOptions()));
        return text.Append(".SH SEE ALSO\n.BR fastrun (1)\n").ToString();
    }

    /// <summary>The name of a command's page: <c>fastrun-volume-ls</c>.</summary>
    internal static string NameOf(CommandEntry entry) => "fastrun-" + entry.Name.Replace(' ', '-');

    private static StringBuilder Begin(string name, string summary) => new StringBuilder(".TH ")
        .Append(Escape(name.ToUpperInvariant())).Append(" 1 \"\" \"FastRun ").Append(EngineVersion.Text).Append("\" \"FastRun\"\n.SH NAME\n")
        .Append(Escape(name)).Append(" \\- ").Append(Escape(summary)).Append("\n.SH SYNOPSIS\n");

    /// <summary>Paragraphs; what is indented, or has columns, is shown as it is.</summary>
    private static void AppendDetails(StringBuilder text, string details)
    {
        if (details.Length == 0)
        {
            return;
        }

        bool columns = details.Contains("  ", StringComparison.Ordinal);
        text.Append(columns ? ".PP\n.nf\n" : ".PP\n");
        foreach (string line in details.Split('\n'))
        {
            text.Append(line.Length == 0 ? ".PP" : Line(line)).Append('\n');
        }

        text.Append(columns ? ".fi\n" : "");
    }

    private static void AppendOptions(StringBuilder text, string title, Option[] options)
    {
        var shown = new List<Option>(Array.FindAll(options, static option => !option.IsHidden));
        if (shown.Count == 0)
        {
            return;
        }

        shown.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        text.Append(".SH ").Append(title).Append('\n');
        foreach (Option option in shown)
        {
            text.Append(".TP\n.B ").Append(Escape(option.Display)).Append('\n');
            if (option.ValueName is { } value)
            {
                text.Length--;
                text.Append(" \\fI").Append(Escape(value)).Append("\\fR\n");
            }

            text.Append(Line(option.Description)).Append('\n');
        }
    }

    /// <summary>A line of text, which must not begin like a request.</summary>
    private static string Line(string text) => text.Length > 0 && text[0] is '.' or '\'' ? @"\&" + Escape(text) : Escape(text);

    private static string Escape(string text) => text
        .Replace(@"\", @"\e", StringComparison.Ordinal)
        .Replace("-", @"\-", StringComparison.Ordinal)
        .Replace("'", @"\(aq", StringComparison.Ordinal)
        .Replace("^", @"\(ha", StringComparison.Ordinal)
        .Replace("~", @"\(ti", StringComparison.Ordinal)
        .Replace("`", @"\(ga", StringComparison.Ordinal);
}
