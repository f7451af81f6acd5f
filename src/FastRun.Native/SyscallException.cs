using System;
using System.Diagnostics.CodeAnalysis;

namespace FastRun.Native;

/// <summary>A system call failed: which one, with what errno, on what.</summary>
public sealed class SyscallException : Exception
{
    /// <summary>Describes a failed system call.</summary>
    /// <param name="syscall">Its name as in its man page, for example <c>openat2</c>.</param>
    /// <param name="errno">What it failed with.</param>
    /// <param name="subject">The path or object it worked on, if any.</param>
    /// <param name="explanation">What the kernel said besides the number, if anything.</param>
    public SyscallException(string syscall, Errno errno, string? subject = null, string? explanation = null)
        : base(Describe(syscall, errno, subject, explanation))
    {
        Syscall = syscall;
        Errno = errno;
        Subject = subject;
        Explanation = explanation;
    }

    /// <summary>The system call's name.</summary>
    public string Syscall { get; }

    /// <summary>The error number.</summary>
    public Errno Errno { get; }

    /// <summary>The path or object the call worked on, if any.</summary>
    public string? Subject { get; }

    /// <summary>What the kernel said besides the number, if anything: netlink's extended acknowledgement.</summary>
    public string? Explanation { get; }

    /// <summary>Throws for a raw result in -4095..-1; returns any other result.</summary>
    internal static nint Check(nint result, string syscall, string? subject = null)
    {
        if (result is < 0 and >= -4095)
        {
            Throw(result, syscall, subject);
        }

        return result;
    }

    private static string Describe(string syscall, Errno errno, string? subject, string? explanation)
    {
        string message = subject is null ? $"{syscall}: {errno.Describe()}" : $"{syscall} {subject}: {errno.Describe()}";
        return explanation is null ? message : $"{message} ({explanation})";
    }

    [DoesNotReturn]
    private static void Throw(nint result, string syscall, string? subject) =>
        throw new SyscallException(syscall, (Errno)(-result), subject);
}
