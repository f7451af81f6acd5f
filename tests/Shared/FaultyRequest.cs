using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;

namespace FastRun.TestRegistry;

/// <summary>A request as it came.</summary>
/// <param name="Method">GET, HEAD, POST, PATCH, PUT, DELETE.</param>
/// <param name="Path">The path, without the query.</param>
/// <param name="Query">The query, without its question mark.</param>
/// <param name="Headers">The header fields; names are case-insensitive.</param>
/// <param name="Content">The body, whole or up to where it was cut.</param>
internal sealed record FaultyRequest(
    string Method, string Path, string Query, IReadOnlyDictionary<string, string> Headers, byte[] Content)
{
    internal const int TlsHandshake = 0x16;

    /// <summary>The body as text.</summary>
    internal string Body => Encoding.UTF8.GetString(Content);

    /// <summary>Whether more of the body came than was read.</summary>
    internal bool IsCut { get; init; }

    /// <summary>A header field; empty where there is none.</summary>
    internal string Header(string name) => Headers.TryGetValue(name, out string? value) ? value : "";

    /// <summary>The first byte that a Range asks for; null where there is none.</summary>
    internal long? RangeStart =>
        Header("Range") is { Length: > 6 } range ? long.Parse(range[6..range.IndexOf('-', StringComparison.Ordinal)], null) : null;

    /// <summary>Reads a request.</summary>
    /// <param name="stream">The connection.</param>
    /// <param name="limit">How many bytes of a body are read at most, by the request without it; null for all.</param>
    internal static FaultyRequest? TryRead(Stream stream, Func<FaultyRequest, int?> limit)
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

        int question = first[1].IndexOf('?', StringComparison.Ordinal);
        FaultyRequest request = new(
            first[0],
            question < 0 ? first[1] : first[1][..question],
            question < 0 ? "" : first[1][(question + 1)..],
            headers,
            []);
        int most = limit(request) ?? int.MaxValue;
        MemoryStream body = new();
        bool isWhole = headers.GetValueOrDefault("Transfer-Encoding") == "chunked"
            ? ReadChunks(stream, body, most)
            : ReadPart(stream, body, headers.TryGetValue("Content-Length", out string? length) ? int.Parse(length, null) : 0, most);
        return request with { Content = body.ToArray(), IsCut = !isWhole };
    }

    private static bool ReadChunks(Stream stream, MemoryStream body, int most)
    {
        while (true)
        {
            int size = int.Parse(ReadLine(stream), NumberStyles.HexNumber, null);
            if (!ReadPart(stream, body, size, most - (int)body.Length))
            {
                return false;
            }

            _ = ReadLine(stream);
            if (size == 0)
            {
                return true;
            }
        }
    }

    private static bool ReadPart(Stream stream, MemoryStream body, int size, int most)
    {
        byte[] part = new byte[Math.Min(size, most)];
        stream.ReadExactly(part);
        body.Write(part);
        return part.Length == size;
    }

    private static string ReadLine(Stream stream)
    {
        StringBuilder line = new();
        int next;
        while ((next = stream.ReadByte()) is not ('\n' or < 0))
        {
            line.Append((char)next);
        }

        if (next < 0)
        {
            throw new EndOfStreamException();
        }

        return line.ToString().TrimEnd('\r');
    }
}
