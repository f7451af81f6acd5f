using FastRun.Native.Launch;

namespace FastRun.Engine.Launch.Tape;

/// <summary>Places on a tape that matter once the child has walked it.</summary>
/// <param name="FirstCandidate">The result of the first execve; those of the other candidates follow.</param>
/// <param name="Started">When the child began; 0 when not asked for.</param>
/// <param name="Prepared">When all but its identity was in place; 0 when not asked for.</param>
internal readonly record struct TapeMarks(Slot FirstCandidate, nint Started, nint Prepared);
