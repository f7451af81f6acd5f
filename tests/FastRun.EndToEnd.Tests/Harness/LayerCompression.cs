namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>The three forms of a layer blob (image-spec, layer).</summary>
public enum LayerCompression
{
    None,
    Gzip,
    Zstd,
}
