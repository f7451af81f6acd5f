namespace FastRun.Layers.References;

/// <summary>Where an image comes from (containers-transports(5)).</summary>
public enum ImageTransport
{
    /// <summary>A name, or an image id: from the store, else from its registry.</summary>
    Registry,

    /// <summary><c>oci:DIR[:TAG]</c>, an OCI image layout.</summary>
    OciLayout,

    /// <summary><c>oci-archive:FILE[:TAG]</c>, a tar of an OCI image layout.</summary>
    OciArchive,

    /// <summary><c>docker-archive:FILE[:REFERENCE]</c>, what <c>docker save</c> writes.</summary>
    DockerArchive,

    /// <summary><c>host</c>, the machine's own root file system.</summary>
    Host,

    /// <summary><c>snapshot:NAME</c>: a snapshot of this machine, and never an image.</summary>
    Snapshot,
}
