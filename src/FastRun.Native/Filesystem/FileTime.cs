namespace FastRun.Native.Filesystem;

/// <summary>A moment as an inode keeps it: seconds since 1970, which may be negative, and nanoseconds after that.</summary>
/// <param name="Seconds">Whole seconds, rounded down.</param>
/// <param name="Nanoseconds">0 to 999,999,999.</param>
public readonly record struct FileTime(long Seconds, int Nanoseconds);
