using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace FastRun.EndToEnd.Tests.Builds.Corpus;

/// <summary>
/// Where a builder that is not the reference makes something else of the corpus: <c>tests/Corpus/peers/NAME.txt</c>. Groups of cases, each
/// behind the reason that they have in common, and below each case its lines, <c>-</c> the reference's and <c>+</c> the peer's.
/// </summary>
internal sealed class PeerDifferences
{
    /// <summary>What stands in the place of a reason that nobody has found yet.</summary>
    internal const string NoReason = "?";

    private const string Fails = "fails";
    private const string Indent = "  ";
    private const int LongestLine = 160;

    /// <summary>What each builder has of its own.</summary>
    private static readonly string[] s_own = ["history ", "config Labels io.buildah.", "config Hostname ", "config Image ", "config WorkingDir \"/\""];

    /// <summary>The cases, by their reasons.</summary>
    internal List<(string Reason, SortedDictionary<string, IReadOnlyList<string>> Cases)> Groups { get; } = [];

    /// <summary>The first line: who the peer is.</summary>
    internal string Peer { get; set; } = "";

    /// <summary>Reads a file.</summary>
    internal static PeerDifferences Read(string file)
    {
        PeerDifferences read = new();
        List<string> lines = [];
        bool inReason = false;
        foreach (string line in File.ReadLines(file))
        {
            if (read.Peer.Length == 0)
            {
                read.Peer = line;
            }
            else if (line.StartsWith("# ", StringComparison.Ordinal))
            {
                if (inReason)
                {
                    read.Groups[^1] = (read.Groups[^1].Reason + "\n" + line[2..], read.Groups[^1].Cases);
                }
                else
                {
                    read.Groups.Add((line[2..], new(StringComparer.Ordinal)));
                }
            }
            else if (line.StartsWith(Indent, StringComparison.Ordinal))
            {
                lines.Add(line[Indent.Length..]);
            }
            else if (line.Length > 0)
            {
                lines = [];
                read.Groups[^1].Cases.Add(line, lines);
            }

            inReason = line.StartsWith("# ", StringComparison.Ordinal) && read.Groups.Count > 0;
        }

        return read;
    }

    /// <summary>Writes a file.</summary>
    internal void Write(string file)
    {
        List<string> lines = [Peer];
        foreach ((string reason, SortedDictionary<string, IReadOnlyList<string>> cases) in Groups.Where(static group => group.Cases.Count > 0))
        {
            lines.Add("");
            lines.AddRange(reason.Split('\n').Select(static line => "# " + line));
            foreach ((string name, IReadOnlyList<string> difference) in cases)
            {
                lines.Add(name);
                lines.AddRange(difference.Select(static line => Indent + line));
            }
        }

        File.WriteAllLines(file, lines);
    }

    /// <summary>
    /// What differs between two outcomes, as far as builders can agree: not the words of errors and of history, nor the names of the builder
    /// and of its containers.
    /// </summary>
    internal static IReadOnlyList<string> Between(IEnumerable<string> reference, IEnumerable<string> peer)
    {
        string[] expected = Comparable(reference);
        string[] actual = Comparable(peer);
        if ((expected is [Fails]) != (actual is [Fails]))
        {
            return [(expected is [Fails] ? "-" : "+") + Fails];
        }

        return [.. expected.Except(actual).Select(static line => "-" + Short(line)), .. actual.Except(expected).Select(static line => "+" + Short(line))];
    }

    /// <summary>The same with new differences: what differs as before, but for names that a builder makes up, keeps its reason; what was not built again keeps all.</summary>
    internal PeerDifferences Renewed(string peer, IReadOnlyDictionary<string, IReadOnlyList<string>> differences)
    {
        PeerDifferences renewed = new() { Peer = peer };
        HashSet<string> known = [];
        foreach ((string reason, SortedDictionary<string, IReadOnlyList<string>> cases) in Groups)
        {
            SortedDictionary<string, IReadOnlyList<string>> kept = new(StringComparer.Ordinal);
            foreach ((string name, IReadOnlyList<string> lines) in cases)
            {
                if (!differences.TryGetValue(name, out IReadOnlyList<string>? now) || (reason != NoReason && IsSame(now, lines)))
                {
                    kept.Add(name, now ?? lines);
                    known.Add(name);
                }
            }

            renewed.Groups.Add((reason, kept));
        }

        renewed.Groups.Add((NoReason, new(differences.Where(one => one.Value.Count > 0 && !known.Contains(one.Key)).ToDictionary(), StringComparer.Ordinal)));
        return renewed;
    }

    /// <summary>The lines of an outcome that count; one alone, that it fails, where it does.</summary>
    internal static string[] Comparable(IEnumerable<string> outcome)
    {
        string[] lines = [.. outcome.Where(static line => !s_own.Any(own => line.StartsWith(own, StringComparison.Ordinal)))];
        return lines.Any(static line => line.StartsWith("fails ", StringComparison.Ordinal)) ? [Fails] : lines;
    }

    private static bool IsSame(IReadOnlyList<string> now, IReadOnlyList<string> before) =>
        now.Count == before.Count && now.Where(static line => line[0] == '-').SequenceEqual(before.Where(static line => line[0] == '-'));

    private static string Short(string line) => line.Length <= LongestLine ? line : line[..LongestLine] + "...";
}
