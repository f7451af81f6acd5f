using System;

namespace FastRun.Native.Cgroups;

/// <summary>This host cannot enforce what was asked for. The message is for the user: what, and why not.</summary>
/// <param name="what">What cannot be done, to stand after "this host cannot".</param>
/// <param name="why">Why not.</param>
/// <param name="inner">What the kernel said, if it was asked.</param>
public sealed class CgroupUnsupportedException(string what, string why, Exception? inner = null)
    : Exception($"this host cannot {what}: {why}", inner)
{
}
