using System;
using System.Globalization;

namespace FastRun.Documents;

/// <summary>Sizes and times as Docker's lists show them.</summary>
internal static class HumanUnits
{
    private static readonly string[] s_decimalUnits = ["B", "kB", "MB", "GB", "TB", "PB", "EB"];

    private static readonly string[] s_binaryUnits = ["B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"];

    /// <summary>A size in units of 1000, with three digits: <c>4.27MB</c>.</summary>
    internal static string Size(long bytes) => Scaled(bytes, 1000, digits: 3, s_decimalUnits);

    /// <summary>A size in units of 1024, with four digits: <c>7.755GiB</c>.</summary>
    internal static string BinarySize(long bytes) => Scaled(bytes, 1024, digits: 4, s_binaryUnits);

    private static string Scaled(decimal size, int scale, int digits, string[] units)
    {
        int unit = 0;
        while (size >= scale)
        {
            size /= scale;
            unit++;
        }

        int before = size < 10 ? 1 : size < 100 ? 2 : size < 1000 ? 3 : 4;
        return decimal.Round(size, Math.Max(digits - before, 0), MidpointRounding.ToEven)
            .ToString("0.###", CultureInfo.InvariantCulture) + units[unit];
    }

    /// <summary>How long ago: <c>About an hour ago</c>, <c>7 months ago</c>.</summary>
    internal static string Ago(DateTimeOffset when, DateTimeOffset now) => Duration(now - when) + " ago";

    /// <summary>How long: <c>About an hour</c>.</summary>
    internal static string Duration(TimeSpan time)
    {
        int hours = (int)Math.Floor(time.TotalHours + 0.5);
        return time switch
        {
            { TotalSeconds: < 1 } => "Less than a second",
            { TotalSeconds: < 2 } => "1 second",
            { TotalSeconds: < 60 } => Count((int)time.TotalSeconds, "seconds"),
            { TotalMinutes: < 2 } => "About a minute",
            { TotalMinutes: < 60 } => Count((int)time.TotalMinutes, "minutes"),
            _ when hours == 1 => "About an hour",
            _ when hours < 48 => Count(hours, "hours"),
            _ when hours < 24 * 7 * 2 => Count(hours / 24, "days"),
            _ when hours < 24 * 30 * 2 => Count(hours / 24 / 7, "weeks"),
            _ when hours < 24 * 365 * 2 => Count(hours / 24 / 30, "months"),
            _ => Count((int)(time.TotalHours / 24 / 365), "years"),
        };
    }

    private static string Count(int number, string unit) => number.ToString(CultureInfo.InvariantCulture) + " " + unit;
}
