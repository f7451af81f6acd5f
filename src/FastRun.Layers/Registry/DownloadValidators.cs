namespace FastRun.Layers.Registry;

/// <summary>By what a server tells whether what lies at a URL is still the same (RFC 9110, 8.8).</summary>
/// <param name="EntityTag">The header ETag as it came; null for none.</param>
/// <param name="LastModified">The header Last-Modified as it came; null for none.</param>
public sealed record DownloadValidators(string? EntityTag, string? LastModified)
{
    /// <summary>Whether there is any.</summary>
    public bool IsAny => EntityTag is not null || LastModified is not null;
}
