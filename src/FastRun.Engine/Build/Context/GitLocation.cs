using System;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Build.Context;

/// <summary>A git repository as a context or a source of ADD: <c>URL[#ref[:directory]]</c> (docs.docker.com, "Git repositories").</summary>
/// <param name="Url">Where, as git takes it.</param>
/// <param name="Ref">A branch, a tag or a full commit; null for the repository's HEAD.</param>
/// <param name="Directory">The directory in it that is the context; empty for all.</param>
internal sealed record GitLocation(string Url, string? Ref, string Directory)
{
    private const int LongestPart = 1024;

    /// <summary>The URL for a message: without a password or token.</summary>
    internal string Shown
    {
        get
        {
            int scheme = Url.IndexOf("://", StringComparison.Ordinal);
            int at = Url.IndexOf('@', StringComparison.Ordinal);
            return scheme > 0 && at > scheme && Url.IndexOf('/', scheme + 3) is var slash && (slash < 0 || at < slash)
                ? $"{Url[..(scheme + 3)]}***@{Url[(at + 1)..]}"
                : Url;
        }
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
        url = url.StartsWith("github.com/", StringComparison.Ordinal) ? "https://" + url : url;
        if (!IsUrl(url))
        {
            throw EngineException.Invalid("not the URL of a git repository that can be fetched");
        }

        if (name.Length > 0 && !IsRef(name))
        {
            throw EngineException.Invalid($"invalid git reference: {name}");
        }

        foreach (string part in directory.Split('/'))
        {
            if (part == ".." || part == ".git" || directory.Length > LongestPart || part.Contains('\0', StringComparison.Ordinal))
            {
                throw EngineException.Invalid($"invalid directory of a git repository: {directory}");
            }
        }

        return new GitLocation(url, name.Length == 0 ? null : name, directory.Trim('/'));
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

        return name.Length <= LongestPart
            && name[0] is not ('-' or '/' or '.')
            && name[^1] is not ('/' or '.')
            && !name.Contains("..", StringComparison.Ordinal)
            && !name.Contains("//", StringComparison.Ordinal)
            && !name.Contains("/.", StringComparison.Ordinal)
            && !name.Contains(".lock", StringComparison.Ordinal);
    }
}
