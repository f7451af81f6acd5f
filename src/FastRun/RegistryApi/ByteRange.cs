using System;
using System.Globalization;

namespace FastRun.RegistryApi;

/// <summary>A part of a blob that a client asks for (RFC 9110, section 14.2).</summary>
/// <param name="Start">The first byte.</param>
/// <param name="Length">How many.</param>
internal readonly record struct ByteRange(long Start, long Length)
{
    private const string Unit = "bytes=";

    /// <summary>
    /// Reads a Range header. One that is malformed or asks for several parts means the whole, as the RFC allows.
    /// </summary>
    /// <param name="header">The header; null or empty for the whole.</param>
    /// <param name="size">The blob's size.</param>
    /// <param name="range">What is asked for.</param>
    /// <returns>False where no byte of the blob is asked for.</returns>
    internal static bool TryParse(string? header, long size, out ByteRange range)
    {
        range = new ByteRange(0, size);
        if (header is null || !header.StartsWith(Unit, StringComparison.OrdinalIgnoreCase) || header.Contains(',', StringComparison.Ordinal))
        {
            return true;
        }

        ReadOnlySpan<char> text = header.AsSpan(Unit.Length).Trim();
        int dash = text.IndexOf('-');
        if (dash < 0)
        {
            return true;
        }

        bool hasFirst = TryNumber(text[..dash], out long first);
        bool hasLast = TryNumber(text[(dash + 1)..], out long last);
        if (dash == 0)
        {
            // The last so many bytes.
            if (!hasLast)
            {
                return true;
            }

            long length = Math.Min(last, size);
            range = new ByteRange(size - length, length);
            return length > 0;
        }

        if (!hasFirst || (!hasLast && dash + 1 < text.Length) || (hasLast && last < first))
        {
            return true;
        }

        last = hasLast ? Math.Min(last, size - 1) : size - 1;
        range = new ByteRange(first, last - first + 1);
        return first < size;
    }

    /// <summary>Reads <c>START-END</c>, as a chunk of an upload states where it belongs (distribution-spec, "Pushing a blob in chunks").</summary>
    internal static bool TryParseChunk(string text, out ByteRange range)
    {
        ReadOnlySpan<char> rest = text;
        int dash = rest.IndexOf('-');
        range = default;
        if (dash < 0 || !TryNumber(rest[..dash], out long first) || !TryNumber(rest[(dash + 1)..], out long last) || last < first)
        {
            return false;
        }

        range = new ByteRange(first, last - first + 1);
        return true;
    }

    private static bool TryNumber(ReadOnlySpan<char> text, out long number) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number < long.MaxValue;
}
