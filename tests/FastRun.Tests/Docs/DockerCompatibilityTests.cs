using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using FastRun.Cli.Commands;

namespace FastRun.Tests.Docs;

/// <summary>docs/docker-compatibility.md names every command and flag of Docker's command line that is not there, and no other.</summary>
public sealed class DockerCompatibilityTests
{
    private const string Docker = "/usr/local/bin/docker";
    private const string Everything = "everything";

    [Fact]
    public void WhatIsNotThere_IsWhatDockersHelpHasMore()
    {
        if (!File.Exists(Docker))
        {
            Assert.Skip("the docker command line is not installed");
        }

        SortedSet<string> missing = new(StringComparer.Ordinal);
        Compare([], missing);

        Assert.Equal(string.Join('\n', missing), string.Join('\n', Documented()));
    }

    [Fact]
    public void Commands_All_AreInTheTable()
    {
        if (!File.Exists(Docker))
        {
            Assert.Skip("the docker command line is not installed");
        }

        SortedSet<string> commands = new(StringComparer.Ordinal);
        AddCommands([], commands);

        Assert.Equal(string.Join('\n', commands), string.Join('\n', Table()));
    }

    private static void AddCommands(string[] words, SortedSet<string> commands)
    {
        string[] below = Below(Help(words));
        if (below.Length == 0)
        {
            commands.Add(string.Join(' ', words));
        }

        Array.ForEach(below, word => AddCommands([.. words, word], commands));
    }

    /// <summary>Each row of the table of commands: the words before, then each command in a code span.</summary>
    private static SortedSet<string> Table()
    {
        SortedSet<string> told = new(StringComparer.Ordinal);
        foreach (string row in File.ReadLines(CommandLineDocumentTests.PathOf("docker-compatibility.md"))
            .SkipWhile(static line => line != "## Every command")
            .TakeWhile(static line => line != "## exec is not run")
            .Where(static line => line.StartsWith("| `docker", StringComparison.Ordinal)))
        {
            string[] cells = row.Split('|');
            string noun = cells[1].Trim().Trim('`')["docker".Length..].TrimStart();
            foreach (string command in cells[2].Split('`').Where(static (_, at) => at % 2 == 1))
            {
                Assert.True(told.Add((noun + " " + command).Trim()), command + " is told twice");
            }
        }

        return told;
    }

    private static string[] Below(string[] help) =>
        [.. Section(help, "Commands:"), .. Section(help, "Common Commands:"), .. Section(help, "Management Commands:"), .. Section(help, "Swarm Commands:")];

    /// <summary>Adds what a command of Docker's has more, or all commands below a noun.</summary>
    private static void Compare(string[] words, SortedSet<string> missing)
    {
        string[] help = Help(words);
        string[] below = Below(help);
        if (words.Length == 1 && below.Length > 0 && CommandTable.FindGroup(words[0]) is null)
        {
            missing.Add($"{words[0]}: {Everything}");
            return;
        }

        if (below.Length > 0)
        {
            Array.ForEach(below, word => Compare([.. words, word], missing));
            return;
        }

        if (CommandTable.Find([.. words, "operand"], out string found) is not { } entry || found != string.Join(' ', words))
        {
            missing.Add($"{string.Join(' ', words)}: {Everything}");
            return;
        }

        var known = entry.Make().BuildOptions().Select(option => option.Name).ToHashSet(StringComparer.Ordinal);
        missing.UnionWith(Flags(help).Where(flag => flag != "help" && !known.Contains(flag)).Select(flag => $"{entry.Name}: --{flag}"));
    }

    private static IEnumerable<string> Flags(string[] help) =>
        from line in help
        let dashes = line.IndexOf("--", StringComparison.Ordinal)
        where dashes is 2 or 6 && line.StartsWith("  ", StringComparison.Ordinal)
        select line[(dashes + 2)..].Split(' ')[0];

    /// <summary>The first words of the lines below a heading; those with a star come from plug-ins.</summary>
    private static IEnumerable<string> Section(string[] help, string heading) =>
        help.SkipWhile(line => line.Replace(" (Swarm)", "", StringComparison.Ordinal) != heading)
            .Skip(1)
            .TakeWhile(line => line.Length > 0)
            .Select(line => line.Trim().Split(' ')[0])
            .Where(word => !word.EndsWith('*'));

    private static string[] Help(string[] words)
    {
        var start = new ProcessStartInfo(Docker, [.. words, "--help"]) { RedirectStandardOutput = true, RedirectStandardError = true };

        // Its own commands, whatever plug-ins the machine has.
        start.Environment["DOCKER_BUILDKIT"] = "0";
        using Process process = Process.Start(start)!;
        string text = process.StandardOutput.ReadToEnd();
        _ = process.StandardError.ReadToEnd();
        process.WaitForExit();
        return text.Split('\n');
    }

    /// <summary>Each cell of commands times its cell of flags, all in code spans.</summary>
    private static SortedSet<string> Documented()
    {
        SortedSet<string> told = new(StringComparer.Ordinal);
        IEnumerable<string> rows = File.ReadLines(CommandLineDocumentTests.PathOf("docker-compatibility.md"))
            .SkipWhile(line => line != "## What Docker has and FastRun has not")
            .Skip(1)
            .TakeWhile(line => !line.StartsWith("## ", StringComparison.Ordinal))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal));
        foreach (string row in rows)
        {
            string[] cells = row.Split('|');
            foreach (string command in Spans(cells[1]))
            {
                told.UnionWith(Spans(cells[2]).DefaultIfEmpty(cells[2].Trim()).Select(flag => $"{command}: {flag}"));
            }
        }

        return told;
    }

    private static IEnumerable<string> Spans(string cell) => cell.Split('`').Where((_, index) => index % 2 == 1);
}
