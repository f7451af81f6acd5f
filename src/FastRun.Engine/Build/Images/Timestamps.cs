using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using FastRun.Layers.Oci;

namespace FastRun.Engine.Build.Images;

/// <summary>The times in an image's config.</summary>
internal static class Timestamps
{
    /// <summary>A time as configs have it: RFC 3339 in UTC.</summary>
    internal static string Text(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture);

    /// <summary>
    /// Gives what made no layer a time, as BuildKit does: the first layer's that was made after the base image, or that of the
    /// layer before. Nothing depends on when the build ran, so that a build from the cache is the same image.
    /// </summary>
    internal static List<HistoryEntry> Fill(IReadOnlyList<HistoryEntry> history)
    {
        int firstWithout = 0;
        while (firstWithout < history.Count && history[firstWithout].Created is not null)
        {
            firstWithout++;
        }

        string? time = history.Skip(firstWithout).FirstOrDefault(static entry => entry.Created is not null)?.Created
            ?? history.LastOrDefault(static entry => entry.Created is not null)?.Created;
        List<HistoryEntry> filled = [];
        foreach (HistoryEntry entry in history)
        {
            time = filled.Count >= firstWithout && entry.Created is not null ? entry.Created : time;
            filled.Add(entry.Created is null ? entry with { Created = time } : entry);
        }

        return filled;
    }
}
