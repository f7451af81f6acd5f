namespace FastRun.Native.Nftables;

/// <summary>A table by its name, which is unique in its family.</summary>
/// <param name="Family">The family.</param>
/// <param name="Name">At most 255 bytes.</param>
public readonly record struct NftablesTable(TableFamily Family, string Name)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Family.ToString().ToLowerInvariant()} {Name}";
}
