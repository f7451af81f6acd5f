using FastRun.Native.Seccomp;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>What happens to a system call, as the number that the filter returns.</summary>
/// <param name="Value">One of <see cref="SeccompReturn"/>.</param>
internal readonly record struct SeccompAction(uint Value)
{
    private const int EPERM = 1;

    internal static SeccompAction Allow => new(SeccompReturn.Allow);

    internal static SeccompAction Errno(int errno) => new(SeccompReturn.Errno(errno));

    /// <summary>
    /// Whether what is not listed is let through, or left to a tracer: then a system call newer than the profile needs no
    /// answer of ours.
    /// </summary>
    internal bool IsPermissive =>
        Value is SeccompReturn.Allow or SeccompReturn.Log || (Value & 0xffff0000) == SeccompReturn.Trace(0);

    /// <summary>The action of a name of seccomp(3) of libseccomp, spelled as in Docker's profiles; false for one there is not.</summary>
    /// <param name="name">For example <c>SCMP_ACT_ERRNO</c>.</param>
    /// <param name="errno">What <c>errnoRet</c> says; EPERM where it says nothing.</param>
    /// <param name="action">The action.</param>
    internal static bool TryParse(string name, int? errno, out SeccompAction action)
    {
        uint? value = name switch
        {
            "SCMP_ACT_ALLOW" => SeccompReturn.Allow,
            "SCMP_ACT_LOG" => SeccompReturn.Log,
            "SCMP_ACT_TRAP" => SeccompReturn.Trap,
            "SCMP_ACT_KILL" or "SCMP_ACT_KILL_THREAD" => SeccompReturn.KillThread,
            "SCMP_ACT_KILL_PROCESS" => SeccompReturn.KillProcess,
            "SCMP_ACT_ERRNO" => SeccompReturn.Errno(errno ?? EPERM),
            "SCMP_ACT_TRACE" => SeccompReturn.Trace(errno ?? EPERM),
            _ => null,
        };
        action = new SeccompAction(value ?? 0);
        return value is not null;
    }

    /// <summary>Whether an action's name takes a number.</summary>
    internal static bool TakesErrno(string name) => name is "SCMP_ACT_ERRNO" or "SCMP_ACT_TRACE";
}
