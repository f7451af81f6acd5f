namespace FastRun.Layers.Snapshots;

/// <summary>What the layers below change about a layer.</summary>
internal enum LeaningEffect
{
    /// <summary>Nothing: it is the same on its own.</summary>
    None,

    /// <summary>Owner, mode, times or attributes of directories that have no entry.</summary>
    Attributes,

    /// <summary>Where its entries are.</summary>
    Structure,
}
