namespace FastRun.Layers;

/// <summary>Why a layer cannot be had.</summary>
public enum LayerErrorKind
{
    /// <summary>The blob or the tar in it has another digest than promised.</summary>
    DigestMismatch,

    /// <summary>The blob or the tar in it ends too early.</summary>
    Truncated,

    /// <summary>The compressed data or the tar breaks its format, or an entry asks for what no layer may.</summary>
    Malformed,

    /// <summary>It uses a format that is not supported.</summary>
    Unsupported,

    /// <summary>It asks for more than <see cref="LayerLimits"/> allows.</summary>
    LimitExceeded,

    /// <summary>The disk or the quota is full.</summary>
    DiskFull,

    /// <summary>The blob cannot be read, or the layer cannot be written.</summary>
    Io,
}
