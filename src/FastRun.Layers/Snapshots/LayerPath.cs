using System;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Unicode;

namespace FastRun.Layers.Snapshots;

/// <summary>
/// Names inside a layer: cleaned as Go's <c>path.Clean("/" + name)</c> does, so that none leads out, and spelt in layer.json
/// without loss.
/// </summary>
internal static class LayerPath
{
    /// <summary>No system call takes more (PATH_MAX with its NUL).</summary>
    internal const int MaxLength = 4095;

    private const int MessageLength = 160;

    /// <summary>The components that are left when <c>.</c>, <c>..</c> and empty ones are resolved by text; none for the root.</summary>
    internal static List<byte[]> Clean(ReadOnlySpan<byte> name)
    {
        List<byte[]> components = [];
        foreach (Range range in name.Split((byte)'/'))
        {
            ReadOnlySpan<byte> component = name[range];
            if (component.IsEmpty || component.SequenceEqual("."u8))
            {
                continue;
            }

            if (!component.SequenceEqual(".."u8))
            {
                components.Add(component.ToArray());
            }
            else if (components.Count > 0)
            {
                components.RemoveAt(components.Count - 1);
            }
        }

        return components;
    }

    /// <summary>Appends a component to a path; the root is the empty path.</summary>
    internal static byte[] Join(ReadOnlySpan<byte> path, ReadOnlySpan<byte> name) =>
        path.IsEmpty ? name.ToArray() : [.. path, (byte)'/', .. name];

    /// <summary>A path as text: UTF-8 where it is that, with <c>%XX</c> for a percent sign, controls, and all else that is not.</summary>
    internal static string ToText(ReadOnlySpan<byte> path)
    {
        bool isUtf8 = Utf8.IsValid(path);
        StringBuilder text = new();
        int start = 0;
        for (int i = 0; i < path.Length; i++)
        {
            byte value = path[i];
            if (value is (byte)'%' or < 0x20 or 0x7F || (value >= 0x80 && !isUtf8))
            {
                text.Append(Encoding.UTF8.GetString(path[start..i]));
                text.Append(CultureInfo.InvariantCulture, $"%{value:X2}");
                start = i + 1;
            }
        }

        return text.Append(Encoding.UTF8.GetString(path[start..])).ToString();
    }

    /// <summary>A name for a message: one line of bearable length, whatever an archive says.</summary>
    internal static string ForMessage(ReadOnlySpan<byte> name) =>
        name.Length <= MessageLength ? ToText(name) : ToText(name[..MessageLength]) + "...";

    /// <summary>Whether <see cref="ToText"/> may have spelt it: what a percent sign begins are two digits, and not of a NUL.</summary>
    internal static bool IsText(string? text)
    {
        if (text is null || text.Contains('\0', StringComparison.Ordinal))
        {
            return false;
        }

        for (int at = text.IndexOf('%', StringComparison.Ordinal); at >= 0; at = text.IndexOf('%', at + 1))
        {
            if (at + 2 >= text.Length
                || !char.IsAsciiHexDigit(text[at + 1])
                || !char.IsAsciiHexDigit(text[at + 2])
                || text.AsSpan(at + 1, 2) is "00")
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The path that <see cref="ToText"/> spelt.</summary>
    internal static byte[] FromText(string text)
    {
        byte[] encoded = Encoding.UTF8.GetBytes(text);
        List<byte> path = new(encoded.Length);
        for (int i = 0; i < encoded.Length; i++)
        {
            if (encoded[i] == (byte)'%' && i + 2 < encoded.Length)
            {
                path.Add(Convert.FromHexString(Encoding.ASCII.GetString(encoded, i + 1, 2))[0]);
                i += 2;
            }
            else
            {
                path.Add(encoded[i]);
            }
        }

        return [.. path];
    }
}
