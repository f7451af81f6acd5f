using System.Collections.Generic;
using System.Runtime.InteropServices;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>The machine that a profile is for.</summary>
/// <param name="Name">Its architecture as <c>includes.arches</c> spells it.</param>
/// <param name="ArchMapName">The same as <c>archMap</c> spells it.</param>
/// <param name="Native">The ABI of its own programs.</param>
/// <param name="Compatible">The ABIs of the other programs that it can run.</param>
internal sealed record SeccompHost(
    string Name, string ArchMapName, SyscallAbi Native, IReadOnlyList<SyscallAbi> Compatible)
{
    internal static SeccompHost X64 { get; } =
        new("amd64", "SCMP_ARCH_X86_64", SyscallAbi.X86_64, [SyscallAbi.I386, SyscallAbi.X32]);

    internal static SeccompHost Arm64 { get; } =
        new("arm64", "SCMP_ARCH_AARCH64", SyscallAbi.AArch64, [SyscallAbi.Arm]);

    internal static SeccompHost Current => RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? Arm64 : X64;
}
