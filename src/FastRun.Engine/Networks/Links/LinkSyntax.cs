using System;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Networks.Links;

/// <summary>The text form of a link to another container: <c>NAME[:ALIAS]</c>.</summary>
public static class LinkSyntax
{
    /// <summary>Returns <c>name:alias</c>.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    public static string Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (text.Length == 0)
        {
            throw EngineException.Invalid("empty string specified for links");
        }

        string[] parts = text.Split(':');
        string name = parts[0].TrimStart('/');
        string alias = parts.Length > 1 ? parts[1] : name;
        return parts.Length <= 2 && name.Length > 0 && IsAlias(alias)
            ? $"{name}:{alias}"
            : throw EngineException.Invalid($"bad format for links: {text}");
    }

    /// <summary>The two parts of what <see cref="Parse"/> returned.</summary>
    internal static (string Name, string Alias) Split(string link)
    {
        int colon = link.IndexOf(':', StringComparison.Ordinal);
        return (link[..colon], link[(colon + 1)..]);
    }

    /// <summary>Whether it can stand in /etc/hosts, and in the name of a variable.</summary>
    private static bool IsAlias(string alias)
    {
        foreach (char character in alias)
        {
            if (!char.IsAsciiLetterOrDigit(character) && character is not ('-' or '_' or '.'))
            {
                return false;
            }
        }

        return alias.Length > 0;
    }
}
