using System.Collections.Generic;
using FastRun.Native.Seccomp;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>A profile: what happens to system calls that no rule names, the ABIs it is for, and the rules.</summary>
/// <param name="DefaultAction">For everything else.</param>
/// <param name="Abis">The ABIs; a call through another one ends the process.</param>
/// <param name="Rules">In the order written.</param>
internal sealed record SeccompProfile(
    SeccompAction DefaultAction, IReadOnlyList<SyscallAbi> Abis, IReadOnlyList<SeccompRule> Rules);
