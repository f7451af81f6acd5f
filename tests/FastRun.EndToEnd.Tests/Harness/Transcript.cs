using System.Collections.Generic;
using System.IO;
using System.Text;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>
/// Commands, what the peer answered, and where FastRun answers otherwise, why. A file of lines: <c>$</c> a command, <c>|</c> standard output, <c>!</c> standard
/// error, <c>?</c> an exit code that is not 0; <c>~</c> before these is FastRun's own answer, after a line <c>~ reason</c>; <c>#</c> a comment.
/// </summary>
internal sealed class Transcript
{
    private readonly string _path;

    private Transcript(string path, IReadOnlyList<Step> steps) => (_path, Steps) = (path, steps);

    /// <summary>The commands in their order.</summary>
    internal IReadOnlyList<Step> Steps { get; }

    /// <summary>Reads one.</summary>
    internal static Transcript Read(string path)
    {
        List<Step> steps = [];
        List<string> comments = [];
        foreach (string line in File.ReadLines(path))
        {
            switch (line)
            {
                case "":
                    break;
                case ['#', ..]:
                    comments.Add(line);
                    break;
                case ['$', ' ', .. var command]:
                    steps.Add(new Step(command) { Comments = [.. comments] });
                    comments.Clear();
                    break;
                case ['|' or '!' or '?', ..]:
                    steps[^1].Peer.Add(line);
                    break;
                case ['~', ' ', .. var reason]:
                    steps[^1].Reason = reason;
                    break;
                case ['~', '|' or '!' or '?', ..]:
                    steps[^1].Own.Add(line[1..]);
                    break;
                default:
                    throw new InvalidDataException($"{path}: {line}");
            }
        }

        return new Transcript(path, steps);
    }

    /// <summary>Writes it back with what the peer has answered anew.</summary>
    internal void Write()
    {
        StringBuilder text = new();
        foreach (Step step in Steps)
        {
            if (step.Comments.Count > 0)
            {
                text.Append('\n').AppendJoin('\n', step.Comments).Append('\n');
            }

            text.Append("$ ").Append(step.Command).Append('\n');
            step.Peer.ForEach(line => text.Append(line).Append('\n'));
            if (step.Reason is { } reason)
            {
                text.Append("~ ").Append(reason).Append('\n');
                step.Own.ForEach(line => text.Append('~').Append(line).Append('\n'));
            }
        }

        File.WriteAllText(_path, text.ToString().TrimStart('\n'));
    }

    /// <summary>One command.</summary>
    /// <param name="Command">A line for sh(1).</param>
    internal sealed record Step(string Command)
    {
        internal IReadOnlyList<string> Comments { get; init; } = [];

        /// <summary>What the peer answered.</summary>
        internal List<string> Peer { get; } = [];

        /// <summary>What FastRun answers where that is another thing.</summary>
        internal List<string> Own { get; } = [];

        /// <summary>Why it does; null where both are the same.</summary>
        internal string? Reason { get; set; }
    }
}
