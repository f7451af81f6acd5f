using System;
using System.Collections.Generic;
using System.IO;
using System.Runtime.CompilerServices;
using System.Text;
using FastRun.Cli.Commands;
using FastRun.Cli.Options;

namespace FastRun.Tests.Docs;

/// <summary>docs/command-line.md tells every command and flag, in the words of the option tables.</summary>
public sealed class CommandLineDocumentTests
{
    private const string Begin = "<!-- written from the option tables: FASTRUN_UPDATE_DOCS=1 and this test write it anew -->\n";
    private const string End = "<!-- end of what is written from the option tables -->\n";

    [Fact]
    public void Document_IsWhatTheTablesSay()
    {
        string path = PathOf("command-line.md");
        string document = File.ReadAllText(path);
        int begin = document.IndexOf(Begin, StringComparison.Ordinal) + Begin.Length;
        int end = document.IndexOf(End, StringComparison.Ordinal);
        string expected = document[..begin] + Commands() + document[end..];

        if (Environment.GetEnvironmentVariable("FASTRUN_UPDATE_DOCS") == "1")
        {
            File.WriteAllText(path, expected);
            return;
        }

        Assert.Equal(expected, document);
    }

    [Fact]
    public void Tables_EveryCommandIsFoundByItsName()
    {
        var spellings = new HashSet<string>(StringComparer.Ordinal);
        foreach (CommandEntry entry in CommandTable.Entries)
        {
            Assert.Equal(entry.Name, entry.Make().Name);
            foreach (string spelling in entry.Spellings)
            {
                Assert.True(spellings.Add(spelling), spelling + " is two commands");
                Assert.Same(entry, CommandTable.Find([.. spelling.Split(' '), "operand"], out string found));
                Assert.Equal(spelling, found);
                Assert.True(!spelling.Contains(' ') || CommandTable.FindGroup(spelling.Split(' ')[0]) is not null, spelling + " has no group");
            }
        }

        Assert.Null(CommandTable.Find("nope"));
        Assert.Null(CommandTable.Find("ps, container ls"));
    }

    private static string Commands()
    {
        var text = new StringBuilder("\n## Global flags\n\nBefore or after the command's name.\n\n");
        AppendTable(text, GlobalOptions.Build(new GlobalOptions()));
        foreach (CommandEntry entry in CommandTable.Entries)
        {
            if (entry.IsHidden)
            {
                continue;
            }

            Command command = entry.Make();
            text.Append("\n## fastrun ").Append(entry.Name).Append("\n\n    fastrun ").Append(entry.Name).Append(' ')
                .Append(command.Usage).Append("\n\n").Append(command.Summary).Append(".\n");
            if (entry.Spellings is [_, .. { Length: > 0 } others])
            {
                text.Append("\nAlso: `fastrun ").AppendJoin("`, `fastrun ", others).Append("`.\n");
            }

            if (command.Details.Length > 0)
            {
                text.Append('\n').Append(command.Details).Append('\n');
            }

            Option[] options = command.BuildOptions();
            if (options.Length > 0)
            {
                text.Append('\n');
                AppendTable(text, options);
            }
        }

        return text.Append('\n').ToString();
    }

    private static void AppendTable(StringBuilder text, Option[] options)
    {
        Option[] sorted = Array.FindAll(options, static option => !option.IsHidden);
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        text.Append("| flag | value | meaning |\n|---|---|---|\n");
        foreach (Option option in sorted)
        {
            text.Append("| `").Append(option.Display).Append("` | ").Append(option.ValueName ?? "").Append(" | ")
                .Append(option.Description.Replace("|", "\\|", StringComparison.Ordinal)
                    .Replace("<", "\\<", StringComparison.Ordinal)).Append(" |\n");
        }
    }

    /// <summary>Where a document is.</summary>
    internal static string PathOf(string name, [CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../../docs", name);
}
