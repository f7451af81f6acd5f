namespace FastRun.Native.Cgroups;

/// <summary>What was done at a block device.</summary>
/// <param name="major">The device's major number.</param>
/// <param name="minor">Its minor number.</param>
/// <param name="operation">What was done.</param>
/// <param name="value">How much of it.</param>
public sealed class BlockCounter(long major, long minor, string operation, long value)
{
    /// <summary>The device's major number.</summary>
    public long Major { get; } = major;

    /// <summary>Its minor number.</summary>
    public long Minor { get; } = minor;

    /// <summary>What was done, in the words of the group's version: <c>Read</c> on v1, <c>read</c> on v2.</summary>
    public string Operation { get; } = operation;

    /// <summary>How much of it.</summary>
    public long Value { get; } = value;

    /// <inheritdoc/>
    public override string ToString() => $"{Major}:{Minor} {Operation} {Value}";
}
