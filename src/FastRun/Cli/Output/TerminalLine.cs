using System;
using System.Globalization;
using System.Text;

namespace FastRun.Cli.Output;

/// <summary>What a program wrote, as one line of a terminal that has so many columns.</summary>
internal static class TerminalLine
{
    private const char Escape = '\u001b';
    private const int TabStop = 8;

    /// <summary>
    /// What somebody would see of a line: without the sequences that set colours or move the cursor (ECMA-48), from the last carriage return on, which is
    /// how progress bars draw themselves anew, and with blanks for tabs.
    /// </summary>
    internal static string Plain(string line)
    {
        string text = line.TrimEnd('\r');
        text = text[(text.LastIndexOf('\r') + 1)..];
        if (text.AsSpan().IndexOfAny(Escape, '\t') < 0)
        {
            return text;
        }

        StringBuilder plain = new(text.Length);
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '\t')
            {
                plain.Append(' ', TabStop - (plain.Length % TabStop));
            }
            else if (text[i] != Escape)
            {
                plain.Append(text[i]);
            }
            else
            {
                i = EndOfSequence(text, i);
            }
        }

        return plain.ToString();
    }

    /// <summary>As much of a text as fits into so many columns.</summary>
    internal static string Cut(string text, int columns)
    {
        int used = 0;
        for (int i = 0; i < text.Length;)
        {
            Rune.DecodeFromUtf16(text.AsSpan(i), out Rune rune, out int length);
            used += Width(rune);
            if (used > columns)
            {
                return text[..i];
            }

            i += length;
        }

        return text;
    }

    /// <summary>How many columns a text takes.</summary>
    internal static int Width(string text)
    {
        int used = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            used += Width(rune);
        }

        return used;
    }

    /// <summary>Two for East Asia's wide characters and for emoji (Unicode Standard Annex 11), none for marks that combine.</summary>
    private static int Width(Rune rune) => rune.Value switch
    {
        < 0x300 => 1,
        >= 0x1100 and <= 0x115F or >= 0x2E80 and <= 0x303E or >= 0x3041 and <= 0x4DBF or >= 0x4E00 and <= 0xA4CF or >= 0xAC00 and <= 0xD7A3
            or >= 0xF900 and <= 0xFAFF or >= 0xFE30 and <= 0xFE6F or >= 0xFF00 and <= 0xFF60 or >= 0xFFE0 and <= 0xFFE6
            or >= 0x1F300 and <= 0x1FAFF or >= 0x20000 and <= 0x3FFFD => 2,
        _ => Rune.GetUnicodeCategory(rune) is UnicodeCategory.NonSpacingMark or UnicodeCategory.EnclosingMark or UnicodeCategory.Format ? 0 : 1,
    };

    /// <summary>Where a sequence that begins with ESC has its last character.</summary>
    private static int EndOfSequence(string text, int start)
    {
        int i = start + 1;
        if (i >= text.Length)
        {
            return start;
        }

        switch (text[i])
        {
            case '[':
                for (i++; i < text.Length && text[i] is >= '\x20' and <= '\x3f'; i++)
                {
                }

                return Math.Min(i, text.Length - 1);
            case ']':
                // An operating system command: to BEL or ESC \.
                int end = text.IndexOfAny(['\a', Escape], i);
                return end < 0 ? text.Length - 1 : text[end] == Escape ? Math.Min(end + 1, text.Length - 1) : end;
            default:
                return i;
        }
    }
}
