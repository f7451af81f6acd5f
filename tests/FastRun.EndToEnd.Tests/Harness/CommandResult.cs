using System;
using System.Text.RegularExpressions;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>What a command did.</summary>
/// <param name="CommandLine">What was run, for messages.</param>
/// <param name="ExitCode">Its exit code; 128 plus the signal when it was killed.</param>
/// <param name="Stdout">All of its standard output.</param>
/// <param name="Stderr">All of its standard error.</param>
/// <param name="Elapsed">How long it took.</param>
internal sealed partial record CommandResult(string CommandLine, int ExitCode, string Stdout, string Stderr, TimeSpan Elapsed)
{
    /// <summary>Standard output without the newline at its end, of a command that must have succeeded.</summary>
    internal string Output
    {
        get
        {
            Assert.True(ExitCode == 0, $"expected success of {this}");
            return Stdout.TrimEnd('\n');
        }
    }

    /// <summary>The lines of <see cref="Output"/>.</summary>
    internal string[] Lines => Output.Split('\n');

    /// <summary>Checks the exit code and returns this.</summary>
    internal CommandResult Exits(int code)
    {
        Assert.True(ExitCode == code, $"expected exit code {code} of {this}");
        return this;
    }

    /// <summary>Checks that it failed with one line, <c>fastrun: object: what: why</c>, perhaps with a hint below, that contains the words.</summary>
    internal CommandResult FailsWith(int code, params string[] words)
    {
        Exits(code);
        string[] lines = Stderr.TrimEnd('\n').Split('\n');
        Assert.True(UserMessage().IsMatch(lines[0]), $"expected 'fastrun: ...' first, of {this}");
        Assert.True(lines.Length <= 2, $"expected one line and at most one hint, of {this}");
        foreach (string word in words)
        {
            Assert.True(Stderr.Contains(word, StringComparison.OrdinalIgnoreCase), $"expected '{word}' in the message of {this}");
        }

        return this;
    }

    // "fastrun: ..." from the engine, "fastrun exec: ..." from a command line that makes no sense.
    [GeneratedRegex("^fastrun( [a-z]+){0,2}: .")]
    private static partial Regex UserMessage();

    /// <inheritdoc/>
    public override string ToString() =>
        $"{CommandLine}\nexit code: {ExitCode} after {Elapsed.TotalMilliseconds:F0} ms\nstdout: {Stdout}\nstderr: {Stderr}";
}
