using System;
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
        string path = DocumentPath();
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
        foreach (string name in CommandTable.Names)
        {
            Assert.Equal(name, CommandTable.Find(name)?.Name);
        }

        Assert.Null(CommandTable.Find("nope"));
    }

    private static string Commands()
    {
        var text = new StringBuilder("\n## Global flags\n\nBefore or after the command's name.\n\n");
        AppendTable(text, GlobalOptions.Build(new GlobalOptions()));
        foreach (string name in CommandTable.Names)
        {
            Command command = CommandTable.Find(name)!;
            text.Append("\n## fastrun ").Append(name).Append("\n\n    fastrun ").Append(name).Append(' ')
                .Append(command.Usage).Append("\n\n").Append(command.Summary).Append(".\n");
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

    private static string DocumentPath([CallerFilePath] string here = "") =>
        Path.Combine(Path.GetDirectoryName(here)!, "../../../docs/command-line.md");
}
