namespace FastRun.Native.Launch;

/// <summary>How far a child came on its tape.</summary>
/// <param name="Position">The index of the last system call it made.</param>
/// <param name="Error">What that call failed with; None when the walk ended in execve(2) or the child was killed.</param>
public readonly record struct ChildReport(int Position, Errno Error)
{
    /// <summary>Whether a system call on the tape failed.</summary>
    public bool Failed => Error != Errno.None;
}
