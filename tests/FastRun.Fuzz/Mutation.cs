using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;

namespace FastRun.Fuzz;

/// <summary>Changes to bytes and to text that keep much of the structure, so that they get past the first check.</summary>
internal static class Mutation
{
    private static readonly byte[][] s_fragments =
    [
        [0], [0xFF], [0x7F], [0x80], [0, 0, 0, 0], [0xFF, 0xFF, 0xFF, 0x7F], [0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0xFF, 0x7F],
        "../"u8.ToArray(), "\n"u8.ToArray(), "\u001b[31m"u8.ToArray(), ".wh."u8.ToArray(), "\u00e4\u20ac"u8.ToArray(), [0xC3, 0x28], [0xED, 0xA0, 0x80],
    ];

    private static readonly string[] s_json =
    [
        "null", "true", "0", "-1", "1e999", "9223372036854775808", "-9223372036854775809", "0.5", "\"\"", "\"\\ud800\"", "\"\\u0000\"",
        "\"../../x\"", "[]", "{}", "[[]]", "[null]", "{\"a\":1,\"a\":2}", "\"sha256:\"", "\"\u202e\"", "{\"\\ud800\":1}",
        new string('[', 40) + new string(']', 40), new string('[', 20000), "\"" + new string('x', 5000) + "\"",
    ];

    /// <summary>Flips, inserts, deletes, repeats, cuts.</summary>
    internal static byte[] Bytes(Random random, byte[] original, int most = 6)
    {
        List<byte> bytes = [.. original];
        for (int count = random.Next(1, most); count > 0; count--)
        {
            int at = random.Next(bytes.Count + 1);
            int length = Math.Min(random.Next(1, 9), bytes.Count - at);
            switch (random.Next(7))
            {
                case 0 when at < bytes.Count:
                    bytes[at] ^= (byte)(1 << random.Next(8));
                    break;
                case 1 when at < bytes.Count:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 2:
                    bytes.InsertRange(at, s_fragments[random.Next(s_fragments.Length)]);
                    break;
                case 3:
                    bytes.RemoveRange(at, length);
                    break;
                case 4:
                    bytes.InsertRange(at, [.. bytes.Skip(at).Take(length)]);
                    break;
                case 5 when random.Next(8) == 0:
                    bytes.RemoveRange(at, bytes.Count - at);
                    break;
                default:
                    byte[] fragment = s_fragments[random.Next(s_fragments.Length)];
                    for (int i = 0; i < fragment.Length && at + i < bytes.Count; i++)
                    {
                        bytes[at + i] = fragment[i];
                    }

                    break;
            }
        }

        return [.. bytes];
    }

    /// <summary>Replaces values, names and pieces of a JSON document.</summary>
    internal static byte[] Json(Random random, string document)
    {
        string text = document;
        for (int count = random.Next(1, 4); count > 0; count--)
        {
            List<(int Start, int Length)> values = [.. Values(text)];
            if (values.Count == 0 || random.Next(5) == 0)
            {
                text = Encoding.UTF8.GetString(Bytes(random, Encoding.UTF8.GetBytes(text), 3));
                continue;
            }

            (int start, int length) = values[random.Next(values.Count)];
            string piece = random.Next(3) == 0
                ? string.Concat(text.AsSpan(values[random.Next(values.Count)].Start, 1), text.AsSpan(start, length))
                : s_json[random.Next(s_json.Length)];
            text = text[..start] + piece + text[(start + length)..];
        }

        byte[] bytes = Encoding.UTF8.GetBytes(text);
        return random.Next(8) == 0 ? Bytes(random, bytes) : bytes;
    }

    /// <summary>Strings and numbers, wherever they stand, and the keys among them.</summary>
    private static IEnumerable<(int Start, int Length)> Values(string text)
    {
        for (int i = 0; i < text.Length; i++)
        {
            if (text[i] == '"')
            {
                int end = text.IndexOf('"', i + 1);
                if (end < 0)
                {
                    yield break;
                }

                yield return (i, end + 1 - i);
                i = end;
            }
            else if (char.IsAsciiDigit(text[i]))
            {
                int end = i;
                while (end < text.Length && char.IsAsciiDigit(text[end]))
                {
                    end++;
                }

                yield return (i, end - i);
                i = end - 1;
            }
        }
    }
}
