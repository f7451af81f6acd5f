namespace FastRun.Native.Launch;

/// <summary>
/// Where the child keeps the result of one system call for later ones, such as a descriptor that it opened. The default
/// value is the slot that is never read.
/// </summary>
/// <param name="Index">The slot's number on its tape.</param>
public readonly record struct Slot(int Index);
