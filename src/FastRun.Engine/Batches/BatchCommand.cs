using System;
using System.Collections.Generic;

namespace FastRun.Engine.Batches;

/// <summary>The command line that a line of text makes.</summary>
internal static class BatchCommand
{
    private const string Place = "{}";

    /// <param name="command">The words that all lines share; none for a shell that reads the line.</param>
    /// <param name="line">The line.</param>
    internal static List<string> Of(IReadOnlyList<string> command, string line)
    {
        if (command.Count == 0)
        {
            return ["/bin/sh", "-c", line];
        }

        List<string> words = [];
        bool isPlaced = false;
        foreach (string word in command)
        {
            isPlaced |= word.Contains(Place, StringComparison.Ordinal);
            words.Add(word.Replace(Place, line, StringComparison.Ordinal));
        }

        if (!isPlaced)
        {
            words.Add(line);
        }

        return words;
    }
}
