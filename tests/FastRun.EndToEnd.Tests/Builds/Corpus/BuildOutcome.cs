using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds.Corpus;

/// <summary>What came of a build, in lines: of an image what is in it, of a failure its place and message.</summary>
internal static class BuildOutcome
{
    private const string Rule = "--------------------";

    private static readonly string[] s_prefixes =
        ["ERROR: ", "fastrun build: ", "fastrun: ", "failed to build: ", "failed to solve: ", "Error: ", "error: ", "failed to create LLB definition: ", "failed to run Build function: ", "failed to load LLB: "];

    /// <summary>The lines.</summary>
    internal static IReadOnlyList<string> Of(
        CorpusCase one, CommandResult result, string archive, string context, IReadOnlyList<ImageListing> bases) => result.ExitCode == 0
            ? new ImageListing(archive).Lines(bases, one.Volatile)
            : [.. Failure(result.Stderr, context)];

    /// <summary>Without the random names that BuildKit gives its parts, and the directories of its layers.</summary>
    private static string WithoutReference(string message)
    {
        int start = message.IndexOf("failed to calculate checksum of ref ", StringComparison.Ordinal);
        int end = start < 0 ? -1 : message.IndexOf(": ", start, StringComparison.Ordinal);
        message = end < 0 ? message : message[..start] + message[(end + 2)..];
        start = message.IndexOf("/tmp/", StringComparison.Ordinal);
        end = start < 0 ? -1 : message.IndexOf("/merged/", start, StringComparison.Ordinal);
        return end < 0 ? message : message[..start] + message[(end + "/merged".Length)..];
    }

    /// <summary>The last error, without what engines put before it.</summary>
    private static IEnumerable<string> Failure(string stderr, string context)
    {
        string[] lines = stderr.Replace(context, "/context", StringComparison.Ordinal).TrimEnd('\n').Split('\n');
        int at = Array.FindIndex(lines, static line => line == Rule);
        if (at > 0)
        {
            yield return "fails at " + lines[at - 1];
        }

        string message = lines.LastOrDefault(static line => s_prefixes.Any(prefix => line.StartsWith(prefix, StringComparison.Ordinal))) ?? lines[^1];
        message = WithoutReference(message);
        for (string before = ""; before != message;)
        {
            before = message;
            message = s_prefixes.Aggregate(message, static (text, prefix) => text.StartsWith(prefix, StringComparison.Ordinal) ? text[prefix.Length..] : text);
        }

        yield return "fails with " + message;
    }
}
