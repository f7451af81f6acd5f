namespace FastRun.Layers;

/// <summary>How much one layer may ask for before it is taken for a bomb.</summary>
public sealed record LayerLimits
{
    /// <summary>Uncompressed bytes that any layer may have.</summary>
    public long BaseBytes { get; init; } = 4L << 30;

    /// <summary>Uncompressed bytes it may have on top, per byte of its blob. Real layers stay below 100.</summary>
    public int BytesPerBlobByte { get; init; } = 100;

    /// <summary>Entries of its tar.</summary>
    public int Entries { get; init; } = 2_000_000;

    /// <summary>Bytes of one extended header (PAX records, GNU long name).</summary>
    public int HeaderBytes { get; init; } = 1 << 20;

    /// <summary>The uncompressed bytes that a layer with such a blob may have.</summary>
    public long BytesFor(long blobSize) => BaseBytes + (BytesPerBlobByte * blobSize);
}
