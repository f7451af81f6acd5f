using System;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;

namespace FastRun.Native.Terminals;

/// <summary>
/// Waits for any of many descriptors (epoll(7)), level-triggered: what a wait costs does not grow with their number, as it does
/// with <see cref="PollSet"/>. It owns none of them; a descriptor that is closed leaves by itself.
/// </summary>
public sealed unsafe class EventPoll : IDisposable
{
    private const int MaxEvents = 64;

    // struct epoll_event is packed on x86-64 only.
    private static readonly int s_dataOffset = RuntimeInformation.ProcessArchitecture == Architecture.X64 ? 4 : 8;

    private readonly Fd _descriptor = Fd.FromResult(
        Kernel.fast_syscall(Sys.epoll_create1, Socket.SOCK_CLOEXEC, 0, 0, 0, 0, 0), "epoll_create1");

    /// <summary>Adds a descriptor.</summary>
    /// <param name="descriptor">What to wait for.</param>
    /// <param name="interest">What it is to be ready for.</param>
    /// <param name="token">What a wait returns for it.</param>
    /// <exception cref="SyscallException">ENOSPC where the user has too many.</exception>
    public void Add(Fd descriptor, PollEvents interest, int token) => Control(Epoll.EPOLL_CTL_ADD, descriptor, interest, token);

    /// <summary>Changes what is waited for.</summary>
    public void Modify(Fd descriptor, PollEvents interest, int token) => Control(Epoll.EPOLL_CTL_MOD, descriptor, interest, token);

    /// <summary>Takes a descriptor out that stays open, or that another process has too.</summary>
    public void Remove(Fd descriptor) => Control(Epoll.EPOLL_CTL_DEL, descriptor, PollEvents.None, 0);

    /// <summary>Waits until a descriptor is ready.</summary>
    /// <param name="ready">Gets the tokens of those that are, and what for.</param>
    /// <param name="milliseconds">How long at most; -1 for ever.</param>
    /// <returns>How many are; 0 when the time is over or a signal handler ran.</returns>
    /// <exception cref="SyscallException">epoll_pwait(2) failed.</exception>
    public int Wait(Span<(int Token, PollEvents Events)> ready, int milliseconds)
    {
        int size = s_dataOffset + sizeof(long);
        byte* events = stackalloc byte[MaxEvents * (8 + sizeof(long))];
        nint result = Kernel.syscall(
            Sys.epoll_pwait, _descriptor.Number, (nint)events, Math.Min(MaxEvents, ready.Length), milliseconds, 0, 8);
        if (result == -(int)Errno.EINTR)
        {
            return 0;
        }

        int count = (int)SyscallException.Check(result, "epoll_pwait");
        for (int i = 0; i < count; i++)
        {
            byte* at = events + (i * size);
            ready[i] = (*(int*)(at + s_dataOffset), (PollEvents)(*(int*)at));
        }

        return count;
    }

    /// <inheritdoc/>
    public void Dispose() => _descriptor.Dispose();

    private void Control(int operation, Fd descriptor, PollEvents interest, int token)
    {
        // The numbers of poll(2) and epoll(7) are the same.
        byte* change = stackalloc byte[16];
        *(int*)change = (int)interest;
        *(long*)(change + s_dataOffset) = token;
        SyscallException.Check(
            Kernel.fast_syscall(Sys.epoll_ctl, _descriptor.Number, operation, descriptor.Number, (nint)change, 0, 0), "epoll_ctl");
    }
}
