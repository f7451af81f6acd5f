using System.Runtime.InteropServices;

namespace FastRun.Native.Launch;

/// <summary><c>struct tape</c> of launch.c.</summary>
[StructLayout(LayoutKind.Sequential, Size = 40)]
internal unsafe struct TapeHeader
{
    internal LaunchOp* Ops;
    internal long Count;
    internal long* Slots;
    internal long Position;
    internal long Error;
}
