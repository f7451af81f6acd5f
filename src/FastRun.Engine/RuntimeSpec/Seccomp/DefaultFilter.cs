using System;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>
/// Docker's default profile for Docker's default capabilities, compiled beforehand: read-only data of the binary, so that
/// the usual launch compiles nothing and reads no file. A test compiles it anew and compares.
/// </summary>
internal static partial class DefaultFilter
{
    internal static ReadOnlySpan<byte> Program(SyscallAbi native) => native == SyscallAbi.AArch64 ? Arm64 : X64;
}
