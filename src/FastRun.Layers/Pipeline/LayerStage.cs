namespace FastRun.Layers.Pipeline;

/// <summary>What is done to a layer, each on a thread of its own.</summary>
public enum LayerStage
{
    /// <summary>Reading the blob, which includes waiting for a network, and its digest.</summary>
    Read,

    /// <summary>Decompression.</summary>
    Decompress,

    /// <summary>The digest of the tar.</summary>
    Digest,

    /// <summary>Reading the tar and writing files.</summary>
    Write,
}
