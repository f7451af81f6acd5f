using System;
using System.Collections.Generic;
using System.IO;
using System.Text;

namespace FastRun.TestRegistry;

/// <summary>A request as it came.</summary>
/// <param name="Method">GET, HEAD, POST.</param>
/// <param name="Path">The path, without the query.</param>
/// <param name="Query">The query, without its question mark.</param>
/// <param name="Headers">The header fields; names are case-insensitive.</param>
/// <param name="Body">The body, if it has a Content-Length.</param>
internal sealed record FaultyRequest(
    string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, string Body)
{
    internal const int TlsHandshake = 0x16;

    /// <summary>A header field; empty where there is none.</summary>
    internal string Header(string name) => Headers.TryGetValue(name, out string? value) ? value : "";

    /// <summary>The first byte that a Range asks for; null where there is none.</summary>
    internal long? RangeStart =>
        Header("Range") is { Length: > 6 } range ? long.Parse(range[6..range.IndexOf('-', StringComparison.Ordinal)], null) : null;

    internal static FaultyRequest? TryRead(Stream stream)
    {
        StringBuilder head = new();
        while (!(head.Length >= 4 && head[^1] == '\n' && head[^2] == '\r' && head[^3] == '\n'))
        {
            int next = stream.ReadByte();
            if (next < 0 || (next == TlsHandshake && head.Length == 0))
            {
                return null;
            }

            head.Append((char)next);
        }

        string[] lines = head.ToString().Split("\r\n");
        string[] first = lines[0].Split(' ');
        Dictionary<string, string> headers = new(StringComparer.OrdinalIgnoreCase);
        foreach (string line in lines[1..])
        {
            int colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0)
            {
                headers[line[..colon]] = line[(colon + 1)..].Trim();
            }
        }

        byte[] body = new byte[headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length, null) : 0];
        stream.ReadExactly(body);
        int question = first[1].IndexOf('?', StringComparison.Ordinal);
        return new FaultyRequest(
            first[0],
            question < 0 ? first[1] : first[1][..question],
            question < 0 ? "" : first[1][(question + 1)..],
            headers,
            Encoding.UTF8.GetString(body));
    }
}
