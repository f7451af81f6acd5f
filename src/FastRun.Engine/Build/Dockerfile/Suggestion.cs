using System;
using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile;

/// <summary>What a mistyped word was meant to be.</summary>
internal static class Suggestion
{
    private const int FarthestMeant = 2;
    private const int LongestWord = 40;

    /// <summary>Text to append to a message: <c> (did you mean RUN?)</c>, or nothing.</summary>
    /// <param name="word">What was written.</param>
    /// <param name="known">What there is.</param>
    /// <param name="isExact">Whether letters of another case are others.</param>
    internal static string For(string word, IEnumerable<string> known, bool isExact = false)
    {
        string? best = null;
        int distance = FarthestMeant + 1;
        foreach (string candidate in known)
        {
            int other = word.Length > LongestWord || Math.Abs(word.Length - candidate.Length) > FarthestMeant ? int.MaxValue : Distance(word, candidate, isExact);
            if (other < distance && (isExact || other < candidate.Length))
            {
                (best, distance) = (candidate, other);
            }
        }

        return best is null || distance == 0 ? "" : $" (did you mean {best}?)";
    }

    /// <summary>The edit distance.</summary>
    private static int Distance(string a, string b, bool isExact)
    {
        Span<int> row = stackalloc int[LongestWord + FarthestMeant + 1];
        for (int i = 0; i <= b.Length; i++)
        {
            row[i] = i;
        }

        for (int i = 1; i <= a.Length; i++)
        {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.Length; j++)
            {
                int change = diagonal + (a[i - 1] == b[j - 1] || (!isExact && char.ToUpperInvariant(a[i - 1]) == char.ToUpperInvariant(b[j - 1])) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.Min(change, Math.Min(row[j], row[j - 1]) + 1);
            }
        }

        return row[b.Length];
    }
}
