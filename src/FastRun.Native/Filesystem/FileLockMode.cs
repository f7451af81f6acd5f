namespace FastRun.Native.Filesystem;

/// <summary>How flock(2) is held.</summary>
public enum FileLockMode
{
    /// <summary>LOCK_SH: together with other shared holders.</summary>
    Shared = 1,

    /// <summary>LOCK_EX: alone.</summary>
    Exclusive = 2,
}
