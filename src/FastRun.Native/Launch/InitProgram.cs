using System;
using System.Collections.Generic;
using System.Globalization;
using FastRun.Native.Filesystem;
using FastRun.Native.Interop;

namespace FastRun.Native.Launch;

/// <summary>
/// fastrun-init, the PID 1 that <c>--init</c> puts before a command: it passes signals on to the command, reaps orphans and
/// ends as the command does. It is a program of its own (init.c) inside this one.
/// </summary>
public static unsafe class InitProgram
{
    private const string Name = "fastrun-init";

    /// <summary>The program, an ELF file.</summary>
    public static ReadOnlySpan<byte> Image
    {
        get
        {
            nuint size;
            byte* start = Kernel.init_image(&size);
            return new ReadOnlySpan<byte>(start, (int)size);
        }
    }

    /// <summary>
    /// The program in a memory file for execveat(2). It is sealed: what runs inside the sandbox finds it as
    /// <c>/proc/1/exe</c> and cannot change it.
    /// </summary>
    /// <exception cref="SyscallException">The kernel does not give executable memory files (vm.memfd_noexec).</exception>
    public static Fd OpenSealed()
    {
        using CString name = new(Name, stackalloc byte[64]);
        const int flags = Memfd.MFD_CLOEXEC | Memfd.MFD_ALLOW_SEALING;
        nint result = Kernel.fast_syscall(Sys.memfd_create, name.Address, flags | Memfd.MFD_EXEC, 0, 0, 0, 0);
        if (result == -(int)Errno.EINVAL)
        {
            // Kernels before 6.3 have no MFD_EXEC: every memory file is executable.
            result = Kernel.fast_syscall(Sys.memfd_create, name.Address, flags, 0, 0, 0, 0);
        }

        Fd file = Fd.FromResult(result, "memfd_create", Name);
        try
        {
            FileContent.Write(file, Image);
            const int seals = Memfd.F_SEAL_SEAL | Memfd.F_SEAL_SHRINK | Memfd.F_SEAL_GROW | Memfd.F_SEAL_WRITE;
            SyscallException.Check(
                Kernel.fast_syscall(Sys.fcntl, file.Number, Memfd.F_ADD_SEALS, seals, 0, 0, 0), "fcntl", "F_ADD_SEALS");
            return file;
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>The argument vector that has it run a command.</summary>
    /// <param name="candidates">The paths to try in turn, at least one.</param>
    /// <param name="arguments">The command's own arguments, from its argv[0] on.</param>
    public static IReadOnlyList<string> Arguments(IReadOnlyList<string> candidates, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(candidates);
        return Arguments(candidates.Count.ToString(CultureInfo.InvariantCulture), candidates, arguments);
    }

    /// <summary>
    /// The argument vector that has it start a command as its parent's child, in the PID namespace that setns(2) has chosen
    /// for children, and end.
    /// </summary>
    /// <param name="report">A descriptor that survives execve(2), the writing end of a <see cref="JoinReport"/>.</param>
    /// <param name="terminal">Whether its standard input becomes its controlling terminal.</param>
    /// <param name="diesWithParent">Whether it is killed when the parent ends.</param>
    /// <param name="candidates">The paths to try in turn, at least one.</param>
    /// <param name="arguments">The command's own arguments, from its argv[0] on.</param>
    /// <param name="init">Whether it is an init there, with the command as its child: it reaps what that leaves behind.</param>
    public static IReadOnlyList<string> JoiningArguments(
        Fd report, bool terminal, bool diesWithParent, IReadOnlyList<string> candidates, IReadOnlyList<string> arguments, bool init = false)
    {
        ArgumentNullException.ThrowIfNull(report);
        ArgumentNullException.ThrowIfNull(candidates);
        string flags = (terminal ? "t" : "") + (diesWithParent ? "d" : "") + (init ? "i" : "");
        return Arguments(string.Create(CultureInfo.InvariantCulture, $"{candidates.Count}:{report.Number}{flags}"), candidates, arguments);
    }

    private static string[] Arguments(string words, IReadOnlyList<string> candidates, IReadOnlyList<string> arguments)
    {
        ArgumentNullException.ThrowIfNull(arguments);
        ArgumentOutOfRangeException.ThrowIfZero(candidates.Count);
        ArgumentOutOfRangeException.ThrowIfZero(arguments.Count);
        return [Name, words, .. candidates, .. arguments];
    }
}
