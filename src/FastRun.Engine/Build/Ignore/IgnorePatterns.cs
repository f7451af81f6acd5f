using System;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Ignore;

/// <summary>
/// What is left out of a context or of a COPY: patterns of which the last one that matches a path or a directory above it decides, and
/// <c>!</c> takes in again (Dockerfile reference and docs.docker.com, ".dockerignore"; moby/patternmatcher).
/// </summary>
internal sealed class IgnorePatterns
{
    /// <summary>The largest file of patterns.</summary>
    internal const int LargestFile = 1 << 20;

    private const int MostPatterns = 10_000;

    private readonly List<(PathPattern Pattern, bool Exception)> _patterns = [];

    private IgnorePatterns()
    {
    }

    /// <summary>Leaves nothing out.</summary>
    internal static IgnorePatterns None { get; } = new();

    /// <summary>Whether nothing is left out.</summary>
    internal bool IsEmpty => _patterns.Count == 0;

    /// <summary>Whether some patterns take in again what others leave out.</summary>
    internal bool HasExceptions => _patterns.Exists(static each => each.Exception);

    /// <summary>How many patterns there are: the length of the lists of <see cref="IsExcluded(ReadOnlySpan{char}, ReadOnlySpan{bool}, Span{bool})"/>.</summary>
    internal int Count => _patterns.Count;

    /// <summary>Parses a <c>.dockerignore</c>.</summary>
    /// <param name="file">Its content.</param>
    /// <param name="name">What messages call it.</param>
    /// <exception cref="EngineException">A pattern is wrong.</exception>
    internal static IgnorePatterns ParseFile(ReadOnlySpan<byte> file, string name) => Create(LinesOf(file), name);

    /// <summary>The patterns of a <c>.dockerignore</c> as they stand there, but for comments, blanks and slashes that mean nothing.</summary>
    internal static List<string> LinesOf(ReadOnlySpan<byte> file)
    {
        List<string> patterns = [];
        string text = Encoding.UTF8.GetString(file);
        foreach (ReadOnlySpan<char> line in text.AsSpan().TrimStart('\uFEFF').EnumerateLines())
        {
            if (line.StartsWith("#"))
            {
                continue;
            }

            string pattern = line.Trim().ToString();
            bool exception = pattern.StartsWith('!');
            pattern = exception ? pattern[1..].Trim() : pattern;
            if (pattern.Length > 0)
            {
                // Absolute ones mean the context's root.
                pattern = Clean(pattern);
                pattern = pattern.Length > 1 && pattern[0] == '/' ? pattern[1..] : pattern;
            }

            if (pattern.Length > 0 || exception)
            {
                patterns.Add(exception ? "!" + pattern : pattern);
            }
        }

        return patterns;
    }

    /// <summary>Patterns as <c>--exclude</c> gives them.</summary>
    /// <param name="patterns">The patterns.</param>
    /// <param name="name">What messages call where they stand.</param>
    /// <exception cref="EngineException">One is wrong.</exception>
    internal static IgnorePatterns Create(IEnumerable<string> patterns, string name)
    {
        IgnorePatterns made = new();
        foreach (string written in patterns)
        {
            string pattern = written.Trim();
            if (pattern.Length == 0)
            {
                continue;
            }

            pattern = Clean(pattern);
            bool exception = pattern[0] == '!';
            pattern = exception ? pattern[1..] : pattern;
            if (pattern.Length == 0)
            {
                throw EngineException.Invalid($"{name}: illegal exclusion pattern: \"!\"");
            }

            made._patterns.Add((
                PathPattern.TryParse(pattern) ?? throw EngineException.Invalid($"{name}: syntax error in pattern: {written}"), exception));
            if (made._patterns.Count > MostPatterns)
            {
                throw EngineException.Invalid($"{name}: there are more than {MostPatterns} patterns");
            }
        }

        return made;
    }

    /// <summary>Whether a path is left out.</summary>
    /// <param name="path">Relative, without a slash before or behind it.</param>
    internal bool IsExcluded(string path)
    {
        bool excluded = false;
        foreach ((PathPattern pattern, bool exception) in _patterns)
        {
            if (exception != excluded)
            {
                continue;
            }

            bool matches = pattern.Matches(path);
            for (int slash = path.IndexOf('/', StringComparison.Ordinal); !matches && slash > 0; slash = path.IndexOf('/', slash + 1))
            {
                matches = pattern.Matches(path.AsSpan(0, slash));
            }

            excluded = matches ? !exception : excluded;
        }

        return excluded;
    }

    /// <summary>Whether a path is left out, for a walk that goes from directories to what is in them.</summary>
    /// <param name="path">Relative, without a slash before or behind it.</param>
    /// <param name="above">What this said of the directory above; empty at the top.</param>
    /// <param name="matches">Gets which patterns match; of <see cref="Count"/> places.</param>
    internal bool IsExcluded(ReadOnlySpan<char> path, ReadOnlySpan<bool> above, Span<bool> matches)
    {
        bool excluded = false;
        for (int i = 0; i < _patterns.Count; i++)
        {
            (PathPattern pattern, bool exception) = _patterns[i];
            bool match = !above.IsEmpty && above[i];
            if (!match)
            {
                matches[i] = false;
                if (exception != excluded)
                {
                    continue;
                }

                match = pattern.Matches(path);
            }

            matches[i] = match;
            excluded = match ? !exception : excluded;
        }

        return excluded;
    }

    /// <summary>Whether something in a directory that is left out may be taken in again.</summary>
    /// <param name="directory">The directory's path.</param>
    internal bool MayReach(ReadOnlySpan<char> directory)
    {
        foreach ((PathPattern pattern, bool exception) in _patterns)
        {
            if (!exception)
            {
                continue;
            }

            ReadOnlySpan<char> start = pattern.LiteralStart;
            int common = Math.Min(start.Length, directory.Length);
            if (start[..common].SequenceEqual(directory[..common])
                && (start.Length > directory.Length ? start[directory.Length] == '/' : pattern.HasWildcard))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>A path with <c>.</c>, <c>..</c>, repeated and trailing slashes resolved by text, as Go's filepath.Clean.</summary>
    internal static string Clean(string path)
    {
        bool rooted = path.StartsWith('/');
        List<string> parts = [];
        foreach (string part in path.Split('/'))
        {
            if (part is "" or ".")
            {
                continue;
            }

            if (part == ".." && parts.Count > 0 && parts[^1] != "..")
            {
                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".." || !rooted)
            {
                parts.Add(part);
            }
        }

        string joined = string.Join('/', parts);
        return rooted ? "/" + joined : joined.Length == 0 ? "." : joined;
    }
}
