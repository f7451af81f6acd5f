using System;

namespace FastRun.Native.Nftables;

/// <summary>A named set or map: a hash table in the kernel, unless it has intervals.</summary>
/// <param name="Name">Its name, unique among the sets of its table.</param>
/// <param name="Key">The fields of its keys.</param>
public sealed record SetDefinition(string Name, params FieldType[] Key)
{
    /// <summary>The fields of the data; empty for a set.</summary>
    public FieldType[] Data { get; init; } = [];

    /// <summary>Whether the data are verdicts.</summary>
    public bool IsVerdictMap { get; init; }

    /// <summary>Whether its elements are ranges, each ended by an element of its own.</summary>
    public bool HasIntervals { get; init; }

    /// <summary>Whether its elements can go by themselves after a time.</summary>
    public bool HasTimeouts { get; init; }

    /// <summary>Whether rules add elements (<see cref="RuleWriter.CountIn"/>).</summary>
    public bool IsFilledByRules { get; init; }

    /// <summary>The most elements that it takes; 0 for any number.</summary>
    public uint Size { get; init; }

    /// <summary>A map.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="key">The fields of its keys.</param>
    /// <param name="data">The fields of its data.</param>
    public static SetDefinition Map(string name, ReadOnlySpan<FieldType> key, ReadOnlySpan<FieldType> data) =>
        new(name, key.ToArray()) { Data = data.ToArray() };
}
