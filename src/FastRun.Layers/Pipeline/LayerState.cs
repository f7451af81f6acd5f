namespace FastRun.Layers.Pipeline;

/// <summary>What happens to a layer of an image that is being assembled.</summary>
public enum LayerState
{
    /// <summary>Its turn has not come.</summary>
    Pending,

    /// <summary>Another process unpacks it, and this one waits.</summary>
    Waiting,

    /// <summary>It was there before.</summary>
    Present,

    /// <summary>Its blob is read and its files are written, at the same time.</summary>
    Unpacking,

    /// <summary>It is unpacked and verified.</summary>
    Unpacked,

    /// <summary>It cannot be had.</summary>
    Failed,
}
