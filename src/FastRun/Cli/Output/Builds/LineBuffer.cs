using System;
using System.Collections.Generic;
using System.Text;

namespace FastRun.Cli.Output.Builds;

/// <summary>Makes lines of the bytes that a command writes.</summary>
internal sealed class LineBuffer
{
    private const int Longest = 64 * 1024;

    private readonly List<byte> _part = [];

    /// <summary>Takes bytes; gives the lines that they complete.</summary>
    internal IEnumerable<string> Add(ReadOnlySpan<byte> bytes)
    {
        List<string> lines = [];
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n');
            _part.AddRange(end < 0 ? bytes : bytes[..end]);
            if (end >= 0 || _part.Count > Longest)
            {
                lines.Add(Take());
            }

            bytes = end < 0 ? [] : bytes[(end + 1)..];
        }

        return lines;
    }

    /// <summary>What is there of a line that has no end; null where there is nothing.</summary>
    internal string? Rest() => _part.Count == 0 ? null : Take();

    private string Take()
    {
        if (_part.Count > 0 && _part[^1] == '\r')
        {
            _part.RemoveAt(_part.Count - 1);
        }

        string line = Encoding.UTF8.GetString(_part.ToArray());
        _part.Clear();
        return line;
    }
}
