using System;
using System.Globalization;

namespace FastRun.DockerApi;

/// <summary>Points in time as clients write them: seconds since the epoch, with a fraction or without; or RFC 3339.</summary>
internal static class ApiTime
{
    /// <summary>A field of the query; null where it is missing, empty or 0.</summary>
    /// <exception cref="ApiException">It is no time.</exception>
    internal static DateTimeOffset? Parse(ApiExchange exchange, string name)
    {
        if (exchange.Query(name) is not { Length: > 0 } text || text == "0")
        {
            return null;
        }

        if (decimal.TryParse(text, NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out decimal seconds)
            && Math.Abs(seconds) < 100_000_000_000m)
        {
            return DateTimeOffset.UnixEpoch.AddTicks((long)(seconds * TimeSpan.TicksPerSecond));
        }

        return DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out DateTimeOffset time)
            ? time.ToUniversalTime()
            : throw ApiException.Invalid($"invalid value for \"{name}\": {text}");
    }

    /// <summary>As Go writes a time in JSON.</summary>
    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
