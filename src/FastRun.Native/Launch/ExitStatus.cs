namespace FastRun.Native.Launch;

/// <summary>How a process ended (waitid(2)).</summary>
/// <param name="Exited">True when it called exit; false when a signal killed it.</param>
/// <param name="Value">The exit status, or the signal's number.</param>
public readonly record struct ExitStatus(bool Exited, int Value)
{
    /// <summary>The shell's convention: the exit status, or 128 plus the signal.</summary>
    public int Code => Exited ? Value : 128 + Value;
}
