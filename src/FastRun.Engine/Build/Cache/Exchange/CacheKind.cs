namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>Where a cache that builds exchange is.</summary>
public enum CacheKind
{
    /// <summary>A name of a registry.</summary>
    Registry,

    /// <summary>An OCI image layout in a directory.</summary>
    Local,

    /// <summary>The config of the image that is built.</summary>
    Inline,
}
