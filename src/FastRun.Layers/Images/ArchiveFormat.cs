namespace FastRun.Layers.Images;

/// <summary>What an archive of images is laid out like.</summary>
public enum ArchiveFormat
{
    /// <summary>As Docker saves since release 25: an OCI layout with the <c>manifest.json</c> of old, so that both kinds of readers know it.</summary>
    Docker,

    /// <summary>An OCI image layout (image-spec, image-layout) and nothing else.</summary>
    Oci,
}
