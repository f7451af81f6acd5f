using System.Runtime.InteropServices;

namespace FastRun.Native.Filesystem;

/// <summary>The kernel's values of <see cref="OpenFlags"/> on this architecture.</summary>
internal static class OpenFlagValues
{
    private const OpenFlags Moved = OpenFlags.Directory | OpenFlags.NoFollow;
    private const int CloseOnExec = 0x80000;
    private const int Arm64Directory = 0x4000;
    private const int Arm64NoFollow = 0x8000;

    /// <summary>The value that open(2) takes here, with O_CLOEXEC.</summary>
    internal static int ToKernel(this OpenFlags flags) =>
        ToKernel(flags, RuntimeInformation.ProcessArchitecture == Architecture.Arm64);

    /// <summary>The value that open(2) takes on one of the two architectures, with O_CLOEXEC.</summary>
    internal static int ToKernel(this OpenFlags flags, bool arm64)
    {
        if ((flags & OpenFlags.Unnamed) != 0)
        {
            flags |= OpenFlags.Directory;
        }

        int value = (int)flags | CloseOnExec;
        if (arm64)
        {
            value &= ~(int)Moved;
            value |= (flags & OpenFlags.Directory) != 0 ? Arm64Directory : 0;
            value |= (flags & OpenFlags.NoFollow) != 0 ? Arm64NoFollow : 0;
        }

        return value;
    }
}
