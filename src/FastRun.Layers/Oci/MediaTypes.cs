namespace FastRun.Layers.Oci;

/// <summary>Media types of OCI image-spec 1.1 and of Docker's schema 2, which mean the same things.</summary>
public static class MediaTypes
{
    /// <summary>An OCI image index.</summary>
    public const string OciIndex = "application/vnd.oci.image.index.v1+json";

    /// <summary>An OCI image manifest.</summary>
    public const string OciManifest = "application/vnd.oci.image.manifest.v1+json";

    /// <summary>An OCI image config.</summary>
    public const string OciConfig = "application/vnd.oci.image.config.v1+json";

    /// <summary>An uncompressed layer.</summary>
    public const string OciLayer = "application/vnd.oci.image.layer.v1.tar";

    /// <summary>A layer in gzip.</summary>
    public const string OciLayerGzip = "application/vnd.oci.image.layer.v1.tar+gzip";

    /// <summary>A layer in zstd.</summary>
    public const string OciLayerZstd = "application/vnd.oci.image.layer.v1.tar+zstd";

    /// <summary>Docker's manifest list.</summary>
    public const string DockerList = "application/vnd.docker.distribution.manifest.list.v2+json";

    /// <summary>Docker's manifest, schema 2.</summary>
    public const string DockerManifest = "application/vnd.docker.distribution.manifest.v2+json";

    /// <summary>Docker's image config.</summary>
    public const string DockerConfig = "application/vnd.docker.container.image.v1+json";

    /// <summary>A layer in gzip; Docker's tools also label plain tars with it.</summary>
    public const string DockerLayer = "application/vnd.docker.image.rootfs.diff.tar.gzip";

    /// <summary>An uncompressed layer as some tools label it.</summary>
    public const string DockerLayerPlain = "application/vnd.docker.image.rootfs.diff.tar";

    /// <summary>A layer in zstd as some tools label it.</summary>
    public const string DockerLayerZstd = "application/vnd.docker.image.rootfs.diff.tar.zstd";

    /// <summary>A layer that Docker's registries need not hand out.</summary>
    public const string DockerForeignLayer = "application/vnd.docker.image.rootfs.foreign.diff.tar.gzip";

    private const string OciNondistributable = "application/vnd.oci.image.layer.nondistributable.v1.tar";

    /// <summary>Whether it is an index or a manifest list.</summary>
    public static bool IsIndex(string? mediaType) => mediaType is OciIndex or DockerList;

    /// <summary>Whether it is an image manifest.</summary>
    public static bool IsManifest(string? mediaType) => mediaType is OciManifest or DockerManifest;

    /// <summary>Whether it is an image config.</summary>
    public static bool IsConfig(string? mediaType) => mediaType is OciConfig or DockerConfig;

    /// <summary>Whether it is a layer whose tar can be unpacked.</summary>
    public static bool IsLayer(string? mediaType) => mediaType
        is OciLayer or OciLayerGzip or OciLayerZstd
        or DockerLayer or DockerLayerPlain or DockerLayerZstd or DockerForeignLayer
        or OciNondistributable or OciNondistributable + "+gzip" or OciNondistributable + "+zstd";

    /// <summary>Whether it is a layer that a registry need not hand out, and may have elsewhere.</summary>
    public static bool IsNondistributable(string mediaType) =>
        mediaType.StartsWith(OciNondistributable, System.StringComparison.Ordinal) || mediaType == DockerForeignLayer;

    /// <summary>Whether it is a layer in Zstandard.</summary>
    public static bool IsZstd(string mediaType) => mediaType.EndsWith("zstd", System.StringComparison.Ordinal);

    /// <summary>Whether it is a layer in gzip.</summary>
    public static bool IsGzip(string mediaType) => mediaType.EndsWith("gzip", System.StringComparison.Ordinal);

    /// <summary>OCI's name for a layer's type.</summary>
    internal static string OciOf(string mediaType) => mediaType switch
    {
        DockerLayer => OciLayerGzip,
        DockerLayerPlain => OciLayer,
        DockerLayerZstd => OciLayerZstd,
        _ => mediaType,
    };

    /// <summary>Docker's name for a layer's type.</summary>
    internal static string DockerOf(string mediaType) => mediaType switch
    {
        OciLayerGzip => DockerLayer,
        OciLayer => DockerLayerPlain,
        _ => mediaType,
    };
}
