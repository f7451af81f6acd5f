namespace FastRun.Native.Seccomp;

/// <summary>Values from <paramref name="Start"/> up to the next segment's start, and where they lead.</summary>
/// <param name="Start">The first value.</param>
/// <param name="Target">The decision.</param>
public readonly record struct BpfSegment(ulong Start, BpfNode Target);
