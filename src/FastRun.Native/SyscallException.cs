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
    public SyscallException(string syscall, Errno errno, string? subject = null)
        : base(subject is null ? $"{syscall}: {errno.Describe()}" : $"{syscall} {subject}: {errno.Describe()}")
    {
        Syscall = syscall;
        Errno = errno;
        Subject = subject;
    }

    /// <summary>The system call's name.</summary>
    public string Syscall { get; }

    /// <summary>The error number.</summary>
    public Errno Errno { get; }

    /// <summary>The path or object the call worked on, if any.</summary>
    public string? Subject { get; }

    /// <summary>Throws for a raw result in -4095..-1; returns any other result.</summary>
    internal static nint Check(nint result, string syscall, string? subject = null)
    {
        if (result is < 0 and >= -4095)
        {
            Throw(result, syscall, subject);
        }

        return result;
    }

    [DoesNotReturn]
    private static void Throw(nint result, string syscall, string? subject) =>
        throw new SyscallException(syscall, (Errno)(-result), subject);
}
