using System;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Context;

/// <summary>
/// A git repository as a context or a source of ADD: <c>URL[#ref[:directory]]</c>, or with <c>?branch=</c>, <c>tag=</c>, <c>ref=</c>, <c>commit=</c>,
/// <c>subdir=</c>, <c>submodules=</c> and <c>keep-git-dir=</c> (docs.docker.com, "Git repositories").
/// </summary>
/// <param name="Url">Where, as git takes it.</param>
/// <param name="Ref">A branch, a tag or a commit; null for the repository's HEAD.</param>
/// <param name="Directory">The directory in it that is the context; empty for all.</param>
internal sealed record GitLocation(string Url, string? Ref, string Directory)
{
    private const int LongestPart = 1024;
    private const int ShortestCommit = 4;
    private const int LongestCommit = 64;

    /// <summary>What the commit must be, or begin with; null for any.</summary>
    internal string? Commit { get; init; }

    /// <summary>Whether submodules are fetched.</summary>
    internal bool Submodules { get; init; } = true;

    /// <summary>Whether <c>.git</c> stays; null for what the build says.</summary>
    internal bool? KeepGitDirectory { get; init; }

    /// <summary>What is fetched.</summary>
    internal string Wanted => Ref ?? Commit ?? "HEAD";

    /// <summary>Whether ssh goes there: by its scheme, or as scp(1) writes it.</summary>
    internal bool IsSsh => Url.StartsWith("ssh://", StringComparison.Ordinal) || !Url.Contains("://", StringComparison.Ordinal);

    /// <summary>The URL for a message.</summary>
    internal string Shown => WithoutCredentials(Url);

    /// <summary>A URL without a password or token, for messages and an image's history; other texts as they are.</summary>
    internal static string WithoutCredentials(string text)
    {
        int scheme = text.IndexOf("://", StringComparison.Ordinal);
        int at = text.IndexOf('@', StringComparison.Ordinal);
        return scheme > 0 && at > scheme && text.IndexOf('/', scheme + 3) is var slash && (slash < 0 || at < slash)
            ? $"{text[..(scheme + 3)]}***@{text[(at + 1)..]}"
            : text;
    }

    /// <summary>Whether a text means a repository: a git URL, or an http URL of a path that ends with <c>.git</c>.</summary>
    internal static bool Is(string text)
    {
        int hash = text.IndexOf('#', StringComparison.Ordinal);
        string url = hash < 0 ? text : text[..hash];
        int query = url.IndexOf('?', StringComparison.Ordinal);
        bool isHttp = url.StartsWith("http://", StringComparison.Ordinal) || url.StartsWith("https://", StringComparison.Ordinal);
        return url.StartsWith("git://", StringComparison.Ordinal)
            || url.StartsWith("ssh://", StringComparison.Ordinal)
            || url.StartsWith("git@", StringComparison.Ordinal)
            || url.StartsWith("github.com/", StringComparison.Ordinal)
            || (isHttp && (query < 0 ? url : url[..query]).EndsWith(".git", StringComparison.Ordinal));
    }

    /// <summary>Parses one.</summary>
    /// <exception cref="EngineException">It holds what git could take for an option, or a path that leads out of the repository.</exception>
    internal static GitLocation Parse(string text)
    {
        int hash = text.IndexOf('#', StringComparison.Ordinal);
        string url = hash < 0 ? text : text[..hash];
        string fragment = hash < 0 ? "" : text[(hash + 1)..];
        int colon = fragment.IndexOf(':', StringComparison.Ordinal);
        string name = colon < 0 ? fragment : fragment[..colon];
        string directory = colon < 0 ? "" : fragment[(colon + 1)..];
        int query = url.IndexOf('?', StringComparison.Ordinal);
        string parameters = query < 0 ? "" : url[(query + 1)..];
        url = query < 0 ? url : url[..query];
        url = url.StartsWith("github.com/", StringComparison.Ordinal) ? "https://" + url : url;
        if (!IsUrl(url))
        {
            throw EngineException.Invalid("not the URL of a git repository that can be fetched");
        }

        GitLocation location = new(url, name.Length == 0 ? null : name, directory);
        foreach (string parameter in parameters.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            location = location.With(parameter);
        }

        return location.Checked();
    }

    /// <summary>Applies a parameter of the URL.</summary>
    private GitLocation With(string parameter)
    {
        int equals = parameter.IndexOf('=', StringComparison.Ordinal);
        string key = equals < 0 ? parameter : parameter[..equals];
        string value = equals < 0 ? "" : Uri.UnescapeDataString(parameter[(equals + 1)..]);
        return key switch
        {
            "ref" => this with { Ref = Once(key, Ref, value) },
            "branch" => this with { Ref = Once(key, Ref, "refs/heads/" + value) },
            "tag" => this with { Ref = Once(key, Ref, "refs/tags/" + value) },
            "commit" or "checksum" => this with { Commit = Once(key, Commit, value) },
            "subdir" => this with { Directory = Once(key, Directory.Length == 0 ? null : Directory, value) },
            "submodules" => this with { Submodules = Flag(key, value) },
            "keep-git-dir" => this with { KeepGitDirectory = Flag(key, value) },
            _ => throw EngineException.Invalid($"unexpected query \"{key}\" in the URL of a git repository"),
        };
    }

    private static string Once(string key, string? before, string value) => before is null || before == value
        ? value
        : throw EngineException.Invalid($"{key} of the URL of a git repository conflicts: \"{before}\" and \"{value}\"");

    private static bool Flag(string key, string value) => value switch
    {
        "" or "1" or "true" => true,
        "0" or "false" => false,
        _ => throw EngineException.Invalid($"invalid {key} value: {value}"),
    };

    private GitLocation Checked()
    {
        if (Ref is not null && !IsRef(Ref))
        {
            throw EngineException.Invalid($"invalid git reference: {Ref}");
        }

        if (Commit is not null && !IsCommit(Commit))
        {
            throw EngineException.Invalid($"invalid checksum {Commit}: a commit's digits, {ShortestCommit} at least");
        }

        foreach (string part in Directory.Split('/'))
        {
            if (part == ".." || part == ".git" || Directory.Length > LongestPart || part.Contains('\0', StringComparison.Ordinal))
            {
                throw EngineException.Invalid($"invalid directory of a git repository: {Directory}");
            }
        }

        return this with { Directory = Directory.Trim('/') };
    }

    /// <summary>Whether it may be a commit or its beginning.</summary>
    internal static bool IsCommit(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiHexDigitLower(c))
            {
                return false;
            }
        }

        return name.Length is >= ShortestCommit and <= LongestCommit;
    }

    private static bool IsUrl(string url)
    {
        foreach (char c in url)
        {
            if (c is <= ' ' or '\x7f' or '\\' or '?')
            {
                return false;
            }
        }

        // "ssh://-oProxyCommand=..." would be an option of ssh.
        int host = url.IndexOf("://", StringComparison.Ordinal) is var scheme and >= 0 ? scheme + 3 : url.IndexOf('@', StringComparison.Ordinal) + 1;
        return host > 0 && host < url.Length && url[host] != '-' && !url.Contains("@-", StringComparison.Ordinal)
            && (url.Contains("://", StringComparison.Ordinal) || url.IndexOf(':', host) > host);
    }

    /// <summary>What git-check-ref-format(1) allows, but for what no server has in practice.</summary>
    private static bool IsRef(string name)
    {
        foreach (char c in name)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('.' or '_' or '/' or '-' or '+' or '@' or '#' or '='))
            {
                return false;
            }
        }

        return name.Length is > 0 and <= LongestPart
            && name[0] is not ('-' or '/' or '.')
            && name[^1] is not ('/' or '.')
            && !name.Contains("..", StringComparison.Ordinal)
            && !name.Contains("//", StringComparison.Ordinal)
            && !name.Contains("/.", StringComparison.Ordinal)
            && !name.Contains(".lock", StringComparison.Ordinal);
    }
}
