using System;
using System.Buffers;
using System.Globalization;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>Durations as Go writes them: <c>1h15m30.5s</c>, <c>300ms</c>.</summary>
public static class GoDuration
{
    private static readonly SearchValues<char> s_number = SearchValues.Create("0123456789.");

    /// <summary>Parses one.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    public static TimeSpan Parse(string text)
    {
        ReadOnlySpan<char> rest = text;
        bool negative = rest.Length > 0 && rest[0] == '-';
        if (rest.Length > 0 && rest[0] is '-' or '+')
        {
            rest = rest[1..];
        }

        if (rest is "0")
        {
            return TimeSpan.Zero;
        }

        if (rest.IsEmpty)
        {
            throw Invalid(text);
        }

        decimal ticks = 0;
        while (!rest.IsEmpty)
        {
            int digits = rest.IndexOfAnyExcept(s_number);
            if (digits < 0)
            {
                throw EngineException.Invalid($"time: missing unit in duration \"{text}\"");
            }

            int unit = rest[digits..].IndexOfAny(s_number);
            ReadOnlySpan<char> name = unit < 0 ? rest[digits..] : rest.Slice(digits, unit);
            if (!decimal.TryParse(
                rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out decimal number))
            {
                throw Invalid(text);
            }

            decimal scale = name switch
            {
                "ns" => TimeSpan.TicksPerMicrosecond / 1000m,
                "us" or "µs" or "μs" => TimeSpan.TicksPerMicrosecond,
                "ms" => TimeSpan.TicksPerMillisecond,
                "s" => TimeSpan.TicksPerSecond,
                "m" => TimeSpan.TicksPerMinute,
                "h" => TimeSpan.TicksPerHour,
                _ => throw EngineException.Invalid($"time: unknown unit \"{name}\" in duration \"{text}\""),
            };
            if (number > long.MaxValue / scale || (ticks += number * scale) > long.MaxValue)
            {
                throw Invalid(text);
            }

            rest = rest[(digits + name.Length)..];
        }

        return TimeSpan.FromTicks((long)(negative ? -ticks : ticks));
    }

    /// <summary>Prints one as Go does: <c>1h0m30s</c>, <c>300ms</c>, <c>0s</c>.</summary>
    public static string Format(TimeSpan time)
    {
        string sign = time < TimeSpan.Zero ? "-" : "";
        time = time.Duration();
        return sign + (time.Ticks switch
        {
            0 => "0s",
            < TimeSpan.TicksPerMillisecond => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMicroseconds:0.###}µs"),
            < TimeSpan.TicksPerSecond => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0.######}ms"),
            _ => string.Create(
                CultureInfo.InvariantCulture,
                $"{(time.TotalHours >= 1 ? $"{(long)time.TotalHours}h" : "")}{(time.TotalMinutes >= 1 ? $"{time.Minutes}m" : "")}{time.Ticks % TimeSpan.TicksPerMinute / (decimal)TimeSpan.TicksPerSecond:0.#######}s"),
        });
    }

    private static EngineException Invalid(string text) => EngineException.Invalid($"time: invalid duration \"{text}\"");
}
