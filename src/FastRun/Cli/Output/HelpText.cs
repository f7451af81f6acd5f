using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Cli.Commands;
using FastRun.Cli.Options;

namespace FastRun.Cli.Output;

/// <summary>Help, written from the tables that parsing uses.</summary>
internal static class HelpText
{
    private const int DescriptionWidth = 66;
    private const int CommandWidth = 12;

    internal static string ForCommand(CommandEntry entry, Invocation invocation, Command command, Option[] options)
    {
        var text = new StringBuilder();
        text.Append("Usage:  ").Append(invocation.Name).Append(' ').Append(command.Usage).Append("\n\n");
        text.Append(command.Summary).Append('\n');
        if (entry.Spellings is [var name, .. { Length: > 0 } others])
        {
            text.Append("\nAliases:\n  ").AppendJoin(", ", Array.ConvertAll<string, string>([.. others, name], InProgram)).Append('\n');
        }

        AppendOptions(text, "Options", options);
        AppendOptions(text, "Global Options", GlobalOptions.Build(new GlobalOptions()));
        if (command.Details.Length > 0)
        {
            text.Append('\n').Append(command.Details).Append('\n');
        }

        return text.ToString();
    }

    internal static string ForGroup(CommandGroup group)
    {
        var text = new StringBuilder($"Usage:  {InProgram(group.Name)} COMMAND\n\n{group.Summary}\n");
        AppendCommands(text, "Commands", entry => entry.NameIn(group));
        return text.Append("\nRun '").Append(InProgram(group.Name)).Append(" COMMAND --help' for more information on a command.\n").ToString();
    }

    internal static string ForProgram()
    {
        var text = new StringBuilder($"Usage:  {InProgram("[OPTIONS] COMMAND")}\n\nA container engine for CI: sandboxes that start in milliseconds\n");
        AppendCommands(text, "Common Commands", static entry => entry.IsCommon ? entry.Name : null, sorted: false);
        AppendGroups(text);
        AppendCommands(text, "Commands", static entry => entry.IsCommon || entry.Name.Contains(' ', StringComparison.Ordinal) ? null : entry.Name);
        AppendOptions(text, "Global Options", GlobalOptions.Build(new GlobalOptions()));
        return text.Append("\nRun '").Append(InProgram("COMMAND --help' for more information on a command.\n")).ToString();
    }

    private static void AppendGroups(StringBuilder text)
    {
        text.Append("\nManagement Commands:\n");
        foreach (CommandGroup group in CommandTable.Groups)
        {
            if (CommandTable.HasCommands(group))
            {
                AppendRow(text, group.Name, group.Summary);
            }
        }
    }

    private static void AppendCommands(StringBuilder text, string title, Func<CommandEntry, string?> name, bool sorted = true)
    {
        var rows = new List<(string Name, string Summary)>();
        foreach (CommandEntry entry in CommandTable.Entries)
        {
            if (!entry.IsHidden && name(entry) is { } shown)
            {
                rows.Add((shown, entry.Make().Summary));
            }
        }

        if (sorted)
        {
            rows.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        }

        text.Append('\n').Append(title).Append(":\n");
        rows.ForEach(row => AppendRow(text, row.Name, row.Summary));
    }

    private static void AppendRow(StringBuilder text, string name, string summary) =>
        text.Append("  ").Append(name.PadRight(CommandWidth)).Append(summary).Append('\n');

    private static string InProgram(string words) => $"{ProgramName.Text} {words}";

    private static void AppendOptions(StringBuilder text, string title, Option[] options)
    {
        if (options.Length == 0)
        {
            return;
        }

        Option[] sorted = Array.FindAll(options, static option => !option.IsHidden);
        Array.Sort(sorted, static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        int width = 0;
        foreach (Option option in sorted)
        {
            width = Math.Max(width, Left(option).Length);
        }

        text.Append('\n').Append(title).Append(":\n");
        foreach (Option option in sorted)
        {
            string left = Left(option).PadRight(width + 3);
            foreach (string line in Wrapped(option.Description))
            {
                text.Append(left).Append(line).Append('\n');
                left = new string(' ', width + 3);
            }
        }
    }

    private static string Left(Option option)
    {
        string shorthand = option.Shorthand == '\0' ? "      " : $"  -{option.Shorthand}, ";
        return option.IsSwitch ? $"{shorthand}--{option.Name}" : $"{shorthand}--{option.Name} {option.ValueName}";
    }

    private static IEnumerable<string> Wrapped(string text)
    {
        while (text.Length > DescriptionWidth)
        {
            int space = text.LastIndexOf(' ', DescriptionWidth);
            int end = space < 0 ? text.Length : space;
            yield return text[..end];
            text = text[end..].TrimStart();
        }

        yield return text;
    }
}
