using System;
using System.Globalization;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>
/// Times as <c>docker logs --since</c> takes them: RFC 3339 with or without seconds, zone and time of day, seconds since the epoch,
/// or a Go duration before now.
/// </summary>
public static class PointInTime
{
    private static readonly string[] s_local =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFF", "yyyy-MM-dd'T'HH:mm", "yyyy-MM-dd'T'HH", "yyyy-MM-dd",
    ];

    private static readonly string[] s_zoned =
    [
        "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-ddK",
    ];

    /// <summary>Reads one.</summary>
    /// <exception cref="EngineException">It is neither.</exception>
    public static DateTimeOffset Parse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal seconds)
            && seconds < 253_402_300_800m)
        {
            return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }

        string clock = WithoutNanoseconds(text);
        if (DateTimeOffset.TryParseExact(clock, s_local, CultureInfo.InvariantCulture, DateTimeStyles.AssumeLocal, out DateTimeOffset time)
            || DateTimeOffset.TryParseExact(clock, s_zoned, CultureInfo.InvariantCulture, DateTimeStyles.None, out time))
        {
            return time;
        }

        try
        {
            return DateTimeOffset.UtcNow - GoDuration.Parse(text);
        }
        catch (Exception exception) when (exception is EngineException or ArgumentOutOfRangeException)
        {
            throw EngineException.Invalid($"invalid value for time: '{text}' is no timestamp and no duration");
        }
    }

    /// <summary>Our clock has seven digits behind the point; Docker prints nine.</summary>
    private static string WithoutNanoseconds(string text)
    {
        int point = text.IndexOf('.', StringComparison.Ordinal);
        int end = point + 1;
        while (point >= 0 && end < text.Length && char.IsAsciiDigit(text[end]))
        {
            end++;
        }

        return point >= 0 && end - point > 8 ? text.Remove(point + 8, end - point - 8) : text;
    }
}
