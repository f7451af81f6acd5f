using System;
using System.Collections.Generic;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>
/// The caches of others that something of a build came from: their names, sorted, a line each; empty for what was made here. What came
/// from a cache, and what was made upon it, is found again only by builds that name that cache, so nobody else has to trust it.
/// </summary>
internal static class CacheOrigins
{
    internal const string Here = "";

    /// <summary>Both together.</summary>
    internal static string Union(string a, string b)
    {
        if (a.Length == 0 || b.Length == 0 || a == b)
        {
            return a.Length == 0 ? b : a;
        }

        SortedSet<string> names = new(StringComparer.Ordinal);
        names.UnionWith(a.Split('\n'));
        names.UnionWith(b.Split('\n'));
        return string.Join('\n', names);
    }

    /// <summary>What the record of a step is called in this machine's cache.</summary>
    /// <param name="key">The step's key, which is the same on all machines.</param>
    /// <param name="origins">Where it, or what it was made upon, came from.</param>
    internal static string PlaceOf(string key, string origins) =>
        origins.Length == 0 ? key : new CacheKey("from-1").Add(origins).Add(key).Finish();
}
