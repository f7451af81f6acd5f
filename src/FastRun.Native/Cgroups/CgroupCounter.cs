namespace FastRun.Native.Cgroups;

/// <summary>One line of a flat keyed file, such as memory.stat.</summary>
/// <param name="name">What is counted, in the kernel's words.</param>
/// <param name="value">How much of it there is.</param>
public sealed class CgroupCounter(string name, long value)
{
    /// <summary>What is counted, in the kernel's words.</summary>
    public string Name { get; } = name;

    /// <summary>How much of it there is.</summary>
    public long Value { get; } = value;

    /// <inheritdoc/>
    public override string ToString() => $"{Name} {Value}";
}
