namespace FastRun.Layers.Pipeline.Compression;

/// <summary>How a layer blob is compressed.</summary>
internal enum CompressionKind
{
    /// <summary>A plain tar.</summary>
    None,

    /// <summary>RFC 1952.</summary>
    Gzip,

    /// <summary>RFC 8878.</summary>
    Zstd,

    /// <summary>Known, but no image specification has it.</summary>
    Xz,

    /// <summary>Known, but no image specification has it.</summary>
    Bzip2,
}
