namespace FastRun.RegistryApi;

/// <summary>The sorts of things that a registry's paths name.</summary>
internal enum RouteKind
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>The protocol itself: <c>/v2/</c>.</summary>
    Version,

    /// <summary>All repositories.</summary>
    Catalog,

    /// <summary>A blob.</summary>
    Blob,

    /// <summary>An upload, or with an empty last part the place where uploads begin.</summary>
    Upload,

    /// <summary>A manifest.</summary>
    Manifest,

    /// <summary>A repository's tags.</summary>
    Tags,

    /// <summary>What refers to a manifest.</summary>
    Referrers,
}
