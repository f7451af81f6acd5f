using System;
using System.Globalization;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;

namespace FastRun.DockerApi;

/// <summary>Points in time as clients write and read them.</summary>
internal static class ApiTime
{
    /// <summary>A field of the query; null where it is missing, empty or 0.</summary>
    /// <exception cref="EngineException">It is no time.</exception>
    internal static DateTimeOffset? Parse(ApiExchange exchange, string name) =>
        exchange.Query(name) is { Length: > 0 } text && text != "0" ? PointInTime.Parse(text) : null;

    /// <summary>The filter <c>until</c> of a prune, a time or how long ago; null where it is missing.</summary>
    /// <exception cref="EngineException">It is no time.</exception>
    internal static DateTimeOffset? Until(FilterTerms filters) => filters.Values("until") is [var text, ..] ? PointInTime.Parse(text) : null;

    /// <summary>As Go writes a time in JSON.</summary>
    internal static string Text(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture);
}
