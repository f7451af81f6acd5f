using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Engine.Reports;

namespace FastRun.Cli.Output;

/// <summary>What processes waited for, a line each, and the functions of the kernel below it.</summary>
internal static class WaitingText
{
    private const int LongestCommand = 200;

    internal static string Of(IReadOnlyList<ProcessWait> processes)
    {
        var text = new StringBuilder();
        foreach (ProcessWait process in processes)
        {
            string command = process.CommandLine.Count == 0 ? $"[{process.Name}]" : string.Join(' ', process.CommandLine);
            string shown = TerminalText.Escape(command.Length <= LongestCommand ? command : command[..LongestCommand] + "...");
            text.Append(CultureInfo.InvariantCulture, $"fastrun: process {process.Pid} ({StateOf(process.State)}");
            text.Append(process.Channel.Length == 0 ? "" : $" in {TerminalText.Escape(process.Channel)}").Append("): ").Append(shown).Append('\n');
            foreach (string function in process.Stack)
            {
                text.Append("    ").Append(TerminalText.Escape(function)).Append('\n');
            }
        }

        return text.ToString();
    }

    /// <summary>The letters of proc(5).</summary>
    private static string StateOf(string letter) => letter switch
    {
        "R" => "running",
        "S" => "sleeping",
        "D" => "in an uninterruptible wait",
        "T" => "stopped",
        "t" => "traced",
        "Z" => "ended, not reaped",
        "I" => "idle",
        _ => "state not known",
    };
}
