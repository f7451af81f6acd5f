namespace FastRun.Engine.Images;

/// <summary>Where an annotation stands (BuildKit's words for it).</summary>
public enum AnnotatedPart
{
    /// <summary>In the manifest of an image.</summary>
    Manifest,

    /// <summary>In the descriptor of that manifest in its index.</summary>
    ManifestDescriptor,

    /// <summary>In the index.</summary>
    Index,

    /// <summary>In the descriptor of the index, which an OCI layout has.</summary>
    IndexDescriptor,
}
