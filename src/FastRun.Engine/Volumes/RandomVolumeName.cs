using System;
using FastRun.Native;

namespace FastRun.Engine.Volumes;

/// <summary>Names of volumes that nobody chose: 64 hex digits, as Docker's.</summary>
internal static class RandomVolumeName
{
    private const int Length = 32;

    /// <summary>Another one.</summary>
    internal static string Next()
    {
        Span<byte> random = stackalloc byte[Length];
        RandomBytes.Fill(random);
        return Convert.ToHexStringLower(random);
    }
}
