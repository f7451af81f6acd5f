using System;
using System.Globalization;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>A kernel's version and major revision: the 6.1 of 6.1.0-28-amd64.</summary>
internal readonly record struct KernelVersion(int Version, int Revision) : IComparable<KernelVersion>
{
    /// <summary>The version of the running kernel.</summary>
    internal static KernelVersion OfThisHost
    {
        get
        {
            Version version = Environment.OSVersion.Version;
            return new KernelVersion(version.Major, version.Minor);
        }
    }

    public static bool operator <(KernelVersion left, KernelVersion right) => left.CompareTo(right) < 0;

    public static bool operator >(KernelVersion left, KernelVersion right) => left.CompareTo(right) > 0;

    public static bool operator <=(KernelVersion left, KernelVersion right) => left.CompareTo(right) <= 0;

    public static bool operator >=(KernelVersion left, KernelVersion right) => left.CompareTo(right) >= 0;

    public int CompareTo(KernelVersion other) => (Version, Revision).CompareTo((other.Version, other.Revision));

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Version}.{Revision}");

    /// <summary>Parses exactly <c>version.revision</c>, each at most 255 as in Docker.</summary>
    internal static bool TryParse(string text, out KernelVersion version)
    {
        version = default;
        string[] parts = text.Split('.');
        if (parts.Length != 2
            || !byte.TryParse(parts[0], NumberStyles.None, CultureInfo.InvariantCulture, out byte first)
            || !byte.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out byte second))
        {
            return false;
        }

        version = new KernelVersion(first, second);
        return first != 0 || second != 0;
    }
}
