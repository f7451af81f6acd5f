namespace FastRun.Native.Netlink;

/// <summary>An interface of the namespace that is asked, by its index or by its name.</summary>
/// <param name="Index">Its index, or 0.</param>
/// <param name="Name">Its name, where the index is 0.</param>
public readonly record struct LinkReference(int Index, string? Name)
{
    /// <summary>The loopback interface, which has this index in every namespace (LOOPBACK_IFINDEX).</summary>
    public static LinkReference Loopback => 1;

    /// <summary>By index.</summary>
    public static implicit operator LinkReference(int index) => FromInt32(index);

    /// <summary>By name.</summary>
    public static implicit operator LinkReference(string name) => FromString(name);

    /// <summary>The named alternate of the conversion from an index.</summary>
    public static LinkReference FromInt32(int index) => new(index, null);

    /// <summary>The named alternate of the conversion from a name.</summary>
    public static LinkReference FromString(string name) => new(0, name);

    /// <summary>How an error names it; no text is made where it goes by index, for nothing is allocated unless it fails.</summary>
    internal string? Subject => Name ?? (Index == 1 ? "lo" : null);
}
