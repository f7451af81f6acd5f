using System;

namespace FastRun.Native.Cgroups;

/// <summary>This host cannot enforce what was asked for. The message is for the user: what, and why not.</summary>
/// <param name="what">What cannot be done, to stand after "this host cannot".</param>
/// <param name="why">Why not.</param>
/// <param name="inner">What the kernel said, if it was asked.</param>
/// <param name="hint">What would help, if something would.</param>
public sealed class CgroupUnsupportedException(string what, string why, Exception? inner = null, string? hint = null)
    : Exception($"this host cannot {what}: {why}", inner)
{
    /// <summary>What would help; null where nothing would.</summary>
    public string? Hint => hint;
}
