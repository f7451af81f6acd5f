namespace FastRun.Native.Cgroups;

/// <summary>What was done at a block device.</summary>
/// <param name="Major">The device's major number.</param>
/// <param name="Minor">Its minor number.</param>
/// <param name="Operation">What was done, in the words of the group's version: <c>Read</c> on v1, <c>read</c> on v2.</param>
/// <param name="Value">How much of it.</param>
public readonly record struct BlockCounter(long Major, long Minor, string Operation, long Value);
