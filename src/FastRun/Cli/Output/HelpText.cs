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

    internal static string ForCommand(Command command, Option[] options)
    {
        var text = new StringBuilder();
        text.Append("Usage:  fastrun ").Append(command.Name).Append(' ').Append(command.Usage).Append("\n\n");
        text.Append(command.Summary).Append('\n');
        AppendOptions(text, "Options", options);
        AppendOptions(text, "Global Options", GlobalOptions.Build(new GlobalOptions()));
        if (command.Details.Length > 0)
        {
            text.Append('\n').Append(command.Details).Append('\n');
        }

        return text.ToString();
    }

    internal static string ForProgram()
    {
        var text = new StringBuilder("Usage:  fastrun [OPTIONS] COMMAND\n\nA container engine for CI: sandboxes that start in milliseconds\n\nCommands:\n");
        foreach (string name in CommandTable.Names)
        {
            text.Append("  ").Append(name.PadRight(14)).Append(CommandTable.Find(name)?.Summary).Append('\n');
        }

        AppendOptions(text, "Options", GlobalOptions.Build(new GlobalOptions()));
        return text.Append("\nRun 'fastrun COMMAND --help' for more information on a command.\n").ToString();
    }

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
