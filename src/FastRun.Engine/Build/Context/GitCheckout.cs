using System;
using System.Buffers;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine.Build.Context;

/// <summary>
/// Fetches one commit of a repository with the host's git. Nothing of the repository is run: it is made without templates, hooks lead
/// nowhere, no configuration but git's built-in one and these options is read, filters need configuration, only the protocols that are
/// named are spoken, also for submodules.
/// </summary>
/// <param name="access">With whose keys; null for those of this process's user.</param>
/// <param name="protocols">The protocols that are allowed, in git's spelling (GIT_ALLOW_PROTOCOL).</param>
internal sealed class GitCheckout(GitAccess? access = null, string protocols = "https:http:git:ssh")
{
    private const int MostOutput = 1 << 20;
    private const int LongestMilliseconds = 15 * 60 * 1000;
    private const int CommitLength = 40;

    /// <summary>Files of a repository are 644 or 755, whoever builds.</summary>
    private const int NotOfOthers = 0b_000_010_010;

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    private static readonly string[] s_programs = ["/usr/local/bin/git", "/usr/bin/git", "/bin/git"];

    private static readonly string[] s_settings =
    [
        "-c", "core.hooksPath=/dev/null", "-c", "init.templateDir=", "-c", "core.fsmonitor=false", "-c", "core.protectNTFS=true",
        "-c", "advice.detachedHead=false", "-c", "submodule.recurse=false", "-c", "gc.auto=0",
        "-c", "core.attributesFile=/dev/null", "-c", "init.defaultBranch=main",
    ];

    /// <summary>Fetches and checks out.</summary>
    /// <param name="location">What.</param>
    /// <param name="directory">An empty directory that only the caller can reach.</param>
    /// <param name="keepGitDirectory">Whether <c>.git</c> stays where the location does not say.</param>
    /// <returns>The commit.</returns>
    /// <exception cref="EngineException">There is no git, or it fails.</exception>
    internal string Run(GitLocation location, string directory, bool keepGitDirectory)
    {
        ArgumentNullException.ThrowIfNull(location);
        string program = Program(location);
        Git(program, location, ["init", "--quiet", directory]);
        string[] fetch = ["-C", directory, "fetch", "--quiet", "--no-tags", "--no-recurse-submodules"];
        if (GitLocation.IsCommit(location.Wanted) && location.Wanted.Length < CommitLength)
        {
            Shortened(program, location, directory, fetch);
        }
        else
        {
            Git(program, location, [.. fetch, "--depth", "1", "--", location.Url, location.Wanted]);
            Git(program, location, ["-C", directory, "checkout", "--quiet", "--detach", "--force", "FETCH_HEAD"]);
        }

        string commit = Git(program, location, ["-C", directory, "rev-parse", "--verify", "HEAD"]).Trim();
        if (location.Commit is { } wanted && !commit.StartsWith(wanted, StringComparison.Ordinal))
        {
            throw new EngineException(ErrorKind.CorruptContent, $"{location.Shown}: expected checksum to match {wanted}, got {commit}");
        }

        if (location.Submodules && FileAt.TryStat(null, directory + "/.gitmodules", out _) == Errno.None)
        {
            // Relative URLs of submodules are relative to this one.
            Git(program, location, ["-C", directory, "remote", "add", "origin", location.Url]);
            Git(program, location, ["-C", directory, "submodule", "--quiet", "update", "--init", "--recursive", "--depth", "1", "--checkout"]);
        }

        if (commit.Length < CommitLength)
        {
            throw new EngineException(ErrorKind.Unavailable, $"{location.Shown}: git names no commit");
        }

        if (!(location.KeepGitDirectory ?? keepGitDirectory))
        {
            TreeRemoval.Delete(null, directory + "/.git");
        }

        return commit;
    }

    /// <summary>No server can be asked for the beginning of a commit: it is a branch's or tag's name, or else looked for in all that there is.</summary>
    private void Shortened(string program, GitLocation location, string directory, string[] fetch)
    {
        Git(program, location, [.. fetch, "--", location.Url, "+refs/heads/*:refs/remotes/origin/*", "+refs/tags/*:refs/tags/*"]);
        foreach (string name in (string[])["refs/remotes/origin/" + location.Wanted, "refs/tags/" + location.Wanted])
        {
            if (TryGit(program, ["-C", directory, "rev-parse", "--verify", "--quiet", name + "^{commit}"], location) is { } found)
            {
                Git(program, location, ["-C", directory, "checkout", "--quiet", "--detach", "--force", found.Trim()]);
                return;
            }
        }

        Git(program, location, ["-C", directory, "checkout", "--quiet", "--detach", "--force", location.Wanted]);
    }

    /// <summary>The commit that a location means now, without fetching it; null where only a fetch can tell.</summary>
    /// <param name="location">What.</param>
    /// <exception cref="EngineException">There is no git, or it fails.</exception>
    internal string? Resolve(GitLocation location)
    {
        string name = location.Wanted;
        if (GitLocation.IsCommit(name))
        {
            return IsWhole(name) ? name : null;
        }

        string program = Program(location);
        Dictionary<string, string> references = new(StringComparer.Ordinal);
        foreach (string line in Git(program, location, ["ls-remote", "--quiet", "--", location.Url, name, name + "^{}"]).Split('\n'))
        {
            if (line.Split('\t') is [{ Length: >= CommitLength } commit, { } reference])
            {
                references[reference] = commit;
            }
        }

        // As git resolves what is given (gitrevisions(7)); an annotated tag means its commit.
        foreach (string reference in (string[])[name, "refs/tags/" + name, "refs/heads/" + name])
        {
            if (references.TryGetValue(reference + "^{}", out string? commit) || references.TryGetValue(reference, out commit))
            {
                return IsWhole(commit) && (location.Commit is null || commit.StartsWith(location.Commit, StringComparison.Ordinal)) ? commit : null;
            }
        }

        return null;
    }

    private static string Program(GitLocation location) =>
        Array.Find(s_programs, static path => FileAt.TryStat(null, path, out _) == Errno.None)
            ?? throw new EngineException(ErrorKind.Unsupported, $"{location.Shown}: git is needed to fetch it, and is not installed");

    private static bool IsWhole(string text) => text.Length is CommitLength or 64 && !text.AsSpan().ContainsAnyExcept(s_hex);

    private string Git(string program, GitLocation location, IReadOnlyList<string> arguments)
    {
        ProgramOutput output = Run(program, location, arguments);
        return output.Status.Code == 0
            ? Encoding.UTF8.GetString(output.Output.Span)
            : throw new EngineException(
                ErrorKind.Unavailable,
                $"failed to fetch {location.Shown}{(location.Ref is null ? "" : "#" + location.Ref)}: git {Verb(arguments)} ended with status {output.Status.Code}");
    }

    /// <summary>What it prints; null where it fails.</summary>
    private string? TryGit(string program, IReadOnlyList<string> arguments, GitLocation location)
    {
        ProgramOutput output = Run(program, location, arguments);
        return output.Status.Code == 0 ? Encoding.UTF8.GetString(output.Output.Span) : null;
    }

    private ProgramOutput Run(string program, GitLocation location, IReadOnlyList<string> arguments)
    {
        try
        {
            return ProgramRun.Run(
                program, [.. s_settings, .. arguments], [], MostOutput, LongestMilliseconds, new ProgramSurroundings(Surroundings(location), Kept: null) { Umask = NotOfOthers });
        }
        catch (SyscallException e)
        {
            throw new EngineException(ErrorKind.Unavailable, $"{location.Shown}: git {Verb(arguments)}: {e.Errno.Describe()}", e);
        }
    }

    private static string Verb(IReadOnlyList<string> arguments) => arguments[0] == "-C" ? arguments[2] : arguments[0];

    private List<string> Surroundings(GitLocation location)
    {
        List<string> variables =
        [
            "PATH=/usr/local/bin:/usr/bin:/bin",
            "LC_ALL=C",
            "GIT_CONFIG_NOSYSTEM=1",
            "GIT_CONFIG_GLOBAL=/dev/null",
            "GIT_TERMINAL_PROMPT=0",
            "GIT_ASKPASS=/bin/false",
            "GIT_ALLOW_PROTOCOL=" + protocols,
            "GIT_LFS_SKIP_SMUDGE=1",
            "GIT_ATTR_NOSYSTEM=1",
            .. (access ?? GitAccess.OfUser).Variables(location),
        ];
        foreach (string name in (string[])["http_proxy", "https_proxy", "no_proxy", "HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE"])
        {
            if (Environment.GetEnvironmentVariable(name) is { Length: > 0 } value)
            {
                variables.Add($"{name}={value}");
            }
        }

        return variables;
    }
}
