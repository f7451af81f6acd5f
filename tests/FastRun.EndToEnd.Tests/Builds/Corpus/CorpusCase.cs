using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds.Corpus;

/// <summary>One directory of <c>tests/Corpus/cases</c>: a Dockerfile that shows one behaviour, and its context (tests/Corpus/README.md).</summary>
internal sealed class CorpusCase
{
    /// <summary>Files of the case that are not in its context begin so.</summary>
    private const string Own = "case.";

    private static readonly string[] s_directives = ["escape=", "syntax=", "check="];

    internal const string Debian = "corpus/debian";

    internal const string Toolchain = "corpus/toolchain";

    private readonly string _directory;

    internal CorpusCase(string name)
    {
        Name = name;
        _directory = Path.Combine(Top, "cases", name);
    }

    /// <summary>Where the corpus is.</summary>
    internal static string Top { get; } = Path.Combine(Repository.Root, "tests", "Corpus");

    /// <summary>All cases, in the order of their names.</summary>
    internal static IReadOnlyList<CorpusCase> All { get; } =
        [.. Directory.GetDirectories(Path.Combine(Top, "cases")).Select(static path => new CorpusCase(Path.GetFileName(path))).OrderBy(static one => one.Name, StringComparer.Ordinal)];

    /// <summary>The name of its directory.</summary>
    internal string Name { get; }

    /// <summary>What it shows: its Dockerfile's first comment that is no directive.</summary>
    internal string? Behaviour => File.ReadLines(Path.Combine(_directory, "Dockerfile")).Select(static line => line.TrimStart('\uFEFF').Trim())
        .FirstOrDefault(static line => line.StartsWith("# ", StringComparison.Ordinal) && !s_directives.Any(name => line.StartsWith("# " + name, StringComparison.OrdinalIgnoreCase)))?[2..];

    /// <summary>Whether its Dockerfile names an image.</summary>
    internal bool Needs(string image) => File.ReadAllText(Path.Combine(_directory, "Dockerfile")).Contains(image, StringComparison.Ordinal);

    /// <summary>What the reference says of it.</summary>
    internal string Result => Path.Combine(Top, "results", Name + ".txt");

    /// <summary>Where FastRun differs from that, and why; there only where it does.</summary>
    internal string Difference => Path.Combine(Top, "differences", Name + ".txt");

    /// <summary>Whether what the reference says was written by hand: it is the Dockerfile reference, and no builder knows it yet.</summary>
    internal bool IsByHand => File.Exists(Result) && File.ReadLines(Result).First().StartsWith("# The Dockerfile reference", StringComparison.Ordinal);

    /// <summary>What a kept file says, without its comments.</summary>
    internal static string[] Said(string file) => [.. File.ReadLines(file).Where(static line => !line.StartsWith('#'))];

    /// <summary>Files whose content is another one on another day, or with other versions of the tools.</summary>
    internal IReadOnlySet<string> Volatile => Lines("volatile").ToHashSet();

    /// <summary>Makes the context: every time in it is that of <see cref="ImageListing.ContextTime"/>.</summary>
    /// <param name="context">A directory that is not there.</param>
    /// <param name="serve">Makes the server of what is fetched; null for one of this process's network.</param>
    internal CorpusContext Prepare(string context, Func<string, CorpusServer>? serve = null)
    {
        string script =
            $"""
            set -e
            umask 022
            cp -R '{_directory}/.' '{context}'
            chmod -R u=rwX,go=rX '{context}'
            cd '{context}'
            corpus='{Top}'
            if [ -e case.prepare ]; then . ./case.prepare; fi
            find . -print0 | xargs -0 touch -h -d @{ImageListing.ContextTime}
            if [ -d {Own}served ]; then mv {Own}served '{CorpusContext.ServedOf(context)}'; fi
            rm -f {Own}*
            touch -d @{ImageListing.ContextTime} .
            """;
        Directory.CreateDirectory(context);
        _ = Command.Output("sh", "-c", script);
        return new CorpusContext(context, Lines("flags"), serve ?? (static directory => new CorpusServer(directory)));
    }

    private IEnumerable<string> Lines(string name)
    {
        string file = Path.Combine(_directory, Own + name);
        return File.Exists(file) ? File.ReadLines(file).Where(static line => line.Length > 0) : [];
    }
}
