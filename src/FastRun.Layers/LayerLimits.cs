namespace FastRun.Layers;

/// <summary>How much the layers of an image may ask for before they are taken for a bomb.</summary>
public sealed record LayerLimits
{
    /// <summary>Uncompressed bytes that the layers of any image may have together.</summary>
    public long BaseBytes { get; init; } = 4L << 30;

    /// <summary>Uncompressed bytes they may have on top, per byte of their blobs. Real layers stay below 100.</summary>
    public int BytesPerBlobByte { get; init; } = 100;

    /// <summary>Entries of one layer's tar.</summary>
    public int Entries { get; init; } = 2_000_000;

    /// <summary>Bytes of one extended header (PAX records, GNU long name).</summary>
    public int HeaderBytes { get; init; } = 1 << 20;

    /// <summary>
    /// Bytes of names, link targets and attributes that have to stay in memory until a layer's last entry is read, of all layers
    /// of an image that are unpacked together: several are read at once.
    /// A directory or symbolic link counts some hundred bytes; files count nothing.
    /// </summary>
    public long MemoryBytes { get; init; } = 256L << 20;

    /// <summary>Bytes behind the end of one layer's tar. Writers pad to a block of theirs, which is seldom 1 MiB.</summary>
    public long TrailingBytes { get; init; } = 64L << 20;

    /// <summary>The uncompressed bytes that layers whose blobs are of such a size may have.</summary>
    public long BytesFor(long blobSize) =>
        blobSize > (long.MaxValue - BaseBytes) / BytesPerBlobByte ? long.MaxValue : BaseBytes + (BytesPerBlobByte * blobSize);
}
