using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace FastRun.Native.Launch;

/// <summary><c>struct op</c> of launch.c.</summary>
[StructLayout(LayoutKind.Sequential, Size = 72)]
internal struct LaunchOp
{
    internal long Number;
    internal LaunchOpArguments Arguments;
    internal uint SlotArguments;
    internal int Result;
    internal int Tolerated;
    internal int AlsoTolerated;
}

/// <summary>The six arguments of a system call.</summary>
[InlineArray(6)]
internal struct LaunchOpArguments
{
    private long _first;
}
