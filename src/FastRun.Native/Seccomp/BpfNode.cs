namespace FastRun.Native.Seccomp;

/// <summary>A decision in a <see cref="BpfGraph"/>.</summary>
/// <param name="Index">Its place; what it leads to has a lower one.</param>
public readonly record struct BpfNode(int Index);
