using System;
using System.Globalization;
using System.Text;

namespace FastRun.Engine.Networks.Names;

/// <summary>
/// Domain names in messages (RFC 1035 sections 3.1 and 4.1.4). As text they are in lower case, without the dot at the end, and a
/// byte that is not an ordinary character stands as <c>\DDD</c>: two names are equal exactly where their texts are.
/// </summary>
internal static class DnsName
{
    /// <summary>The most bytes of a name in a message, with all lengths and without compression.</summary>
    internal const int MaxLength = 255;

    private const int MaxLabel = 63;

    /// <summary>Reads a name. A pointer leads to an earlier place than the one it was found behind, so that reading ends.</summary>
    /// <param name="message">The whole message.</param>
    /// <param name="offset">Where the name is; then what follows it.</param>
    /// <returns>Null where it is none.</returns>
    internal static string? TryRead(ReadOnlySpan<byte> message, ref int offset)
    {
        StringBuilder text = new();
        return TryWalk(message, ref offset, text) ? text.ToString() : null;
    }

    /// <summary>Goes past a name that nobody has to know; false where it is none.</summary>
    internal static bool TrySkip(ReadOnlySpan<byte> message, ref int offset) => TryWalk(message, ref offset, text: null);

    /// <summary>Writes a name of ordinary characters, without compression.</summary>
    /// <returns>How many bytes; 0 where it is no name, or has no room.</returns>
    internal static int Write(string name, Span<byte> destination)
    {
        int at = 0;
        foreach (Range range in name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> label = name.AsSpan(range);
            if (label.Length is 0 or > MaxLabel || !Ascii.IsValid(label) || at + label.Length + 2 > Math.Min(MaxLength, destination.Length))
            {
                return 0;
            }

            destination[at++] = (byte)label.Length;
            Ascii.FromUtf16(label, destination[at..], out _);
            at += label.Length;
        }

        destination[at++] = 0;
        return at;
    }

    private static bool TryWalk(ReadOnlySpan<byte> message, ref int offset, StringBuilder? text)
    {
        int at = offset;
        int start = offset;
        int total = 1;
        bool jumped = false;
        while ((uint)at < (uint)message.Length)
        {
            int length = message[at];
            switch (length & 0xC0)
            {
                case 0 when length == 0:
                    offset = jumped ? offset : at + 1;
                    return true;
                case 0 when at + 1 + length <= message.Length && (total += length + 1) <= MaxLength:
                    Append(text, message.Slice(at + 1, length));
                    at += length + 1;
                    break;
                case 0xC0 when at + 1 < message.Length:
                    int target = ((length & 0x3F) << 8) | message[at + 1];
                    if (target >= start || target < DnsHeader.Length)
                    {
                        return false;
                    }

                    offset = jumped ? offset : at + 2;
                    (jumped, start, at) = (true, target, target);
                    break;
                default:
                    return false;
            }
        }

        return false;
    }

    private static void Append(StringBuilder? text, ReadOnlySpan<byte> label)
    {
        if (text is null)
        {
            return;
        }

        if (text.Length > 0)
        {
            text.Append('.');
        }

        foreach (byte character in label)
        {
            if (character is > (byte)' ' and < 0x7F and not (byte)'.' and not (byte)'\\')
            {
                text.Append(char.ToLowerInvariant((char)character));
            }
            else
            {
                text.Append(CultureInfo.InvariantCulture, $"\\{character:D3}");
            }
        }
    }
}
