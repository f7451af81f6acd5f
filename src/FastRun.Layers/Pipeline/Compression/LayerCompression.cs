using System;
using System.Globalization;

namespace FastRun.Layers.Pipeline.Compression;

/// <summary>How a layer's tar is compressed where that has to be done: docs/adr/0022-pushing-layers.md.</summary>
/// <param name="IsZstd">Zstandard; else gzip.</param>
/// <param name="Level">1 to 9, or 1 to 19: the larger, the smaller and the slower.</param>
public sealed record LayerCompression(bool IsZstd, int Level)
{
    private const int LargestGzipLevel = 9;

    // Beyond it, as for zstd's own tool, memory grows without bound.
    private const int LargestZstdLevel = 19;

    /// <summary>gzip, which every tool reads; at this level zlib-ng makes blobs as large as Go's default does, which the other engines have, in two thirds of the time of level 6.</summary>
    public static LayerCompression Default { get; } = new(IsZstd: false, 3);

    /// <summary>Parses <c>gzip</c> or <c>zstd</c>, with <c>:LEVEL</c> or without.</summary>
    /// <returns>Null where it is neither.</returns>
    public static LayerCompression? TryParse(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        int colon = text.IndexOf(':', StringComparison.Ordinal);
        (bool isZstd, int level, int most) = (colon < 0 ? text : text[..colon]) switch
        {
            "gzip" => (false, Default.Level, LargestGzipLevel),
            "zstd" => (true, 3, LargestZstdLevel),
            _ => default,
        };
        bool isLevel = colon < 0 || int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out level);
        return most > 0 && isLevel && level >= 1 && level <= most ? new LayerCompression(isZstd, level) : null;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{(IsZstd ? "zstd" : "gzip")}:{Level}";
}
