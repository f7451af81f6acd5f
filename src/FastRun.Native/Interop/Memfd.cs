namespace FastRun.Native.Interop;

/// <summary>Constants of <c>linux/memfd.h</c> and of the seals in <c>linux/fcntl.h</c>.</summary>
internal static class Memfd
{
    internal const int MFD_CLOEXEC = 1;
    internal const int MFD_ALLOW_SEALING = 2;
    internal const int MFD_EXEC = 0x10;

    internal const int F_ADD_SEALS = 1033;
    internal const int F_SEAL_SEAL = 1;
    internal const int F_SEAL_SHRINK = 2;
    internal const int F_SEAL_GROW = 4;
    internal const int F_SEAL_WRITE = 8;
}
