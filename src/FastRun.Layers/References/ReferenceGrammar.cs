using System;
using System.Buffers;
using System.Globalization;
using System.Text;

namespace FastRun.Layers.References;

/// <summary>The terminals of the reference grammar (distribution, <c>reference/regexp.go</c>), as scanners.</summary>
internal static class ReferenceGrammar
{
    internal const int MaxRepositoryLength = 255;
    internal const int MaxTagLength = 128;

    // A DNS name and a port; also what one directory name can hold.
    private const int MaxRegistryLength = 253 + 6;
    private const int MaxFileName = 255;

    private static readonly SearchValues<char> s_tag =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-");

    private static readonly SearchValues<char> s_address = SearchValues.Create("0123456789abcdefABCDEF:");

    private static readonly SearchValues<char> s_hex = SearchValues.Create("0123456789abcdef");

    /// <summary><c>[\w][\w.-]{0,127}</c></summary>
    internal static bool IsTag(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= MaxTagLength && text[0] is not ('.' or '-') && !text.ContainsAnyExcept(s_tag);

    /// <summary>64 hexadecimal digits, which Docker takes for an image id and refuses as a name.</summary>
    internal static bool IsImageId(ReadOnlySpan<char> text) => text.Length == 64 && !text.ContainsAnyExcept(s_hex);

    /// <summary>Hexadecimal digits that can be the beginning of an image id.</summary>
    internal static bool IsImageIdPrefix(ReadOnlySpan<char> text) =>
        text.Length is > 0 and <= 128 && !text.ContainsAnyExcept(s_hex);

    /// <summary>Path components separated by slashes, 255 characters in all.</summary>
    internal static bool IsRepository(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxRepositoryLength)
        {
            return false;
        }

        foreach (Range component in text.Split('/'))
        {
            if (!IsPathComponent(text[component]))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>A host name or an IPv6 address in brackets, with an optional port.</summary>
    internal static bool IsRegistry(ReadOnlySpan<char> text)
    {
        if (text.Length is 0 or > MaxRegistryLength or > MaxFileName)
        {
            return false;
        }

        ReadOnlySpan<char> host = text;
        int colon = text.LastIndexOf(':');
        if (colon >= 0 && text[^1] != ']')
        {
            if (!ushort.TryParse(text[(colon + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                return false;
            }

            host = text[..colon];
        }

        if (host.Length > 0 && host[0] == '[')
        {
            return host.Length > 2 && host[^1] == ']' && !host[1..^1].ContainsAnyExcept(s_address);
        }

        foreach (Range label in host.Split('.'))
        {
            if (!IsHostLabel(host[label]))
            {
                return false;
            }
        }

        return true;
    }

    internal static bool HasUpperCase(ReadOnlySpan<char> text) => text.ContainsAnyInRange('A', 'Z');

    /// <summary>Hostile text for a one-line message: bounded, without control characters.</summary>
    internal static string Quote(string text)
    {
        const int longest = 300;
        StringBuilder quoted = new();
        foreach (char c in text.AsSpan(0, Math.Min(text.Length, longest)))
        {
            if (char.IsControl(c) || char.IsSurrogate(c) || char.GetUnicodeCategory(c) is UnicodeCategory.Format)
            {
                quoted.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
            }
            else
            {
                quoted.Append(c);
            }
        }

        return text.Length > longest ? quoted.Append("...").ToString() : quoted.ToString();
    }

    /// <summary><c>[a-z0-9]+((\.|_|__|-+)[a-z0-9]+)*</c></summary>
    private static bool IsPathComponent(ReadOnlySpan<char> text)
    {
        int at = 0;
        while (true)
        {
            int start = at;
            while (at < text.Length && (char.IsAsciiLetterLower(text[at]) || char.IsAsciiDigit(text[at])))
            {
                at++;
            }

            if (at == start)
            {
                return false;
            }

            if (at == text.Length)
            {
                return true;
            }

            int separator = at;
            while (at < text.Length && text[at] == text[separator])
            {
                at++;
            }

            bool allowed = text[separator] switch
            {
                '.' => at - separator == 1,
                '_' => at - separator <= 2,
                '-' => true,
                _ => false,
            };
            if (!allowed)
            {
                return false;
            }
        }
    }

    private static bool IsHostLabel(ReadOnlySpan<char> label)
    {
        if (label.IsEmpty || label[0] == '-' || label[^1] == '-')
        {
            return false;
        }

        foreach (char c in label)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c != '-')
            {
                return false;
            }
        }

        return true;
    }
}
