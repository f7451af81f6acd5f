using System;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;

namespace FastRun.Native.Terminals;

/// <summary>
/// The descriptors that a single-threaded loop waits for (ppoll(2)): pidfds, signalfds, timers, terminals. Each has an
/// entry for as long as the set lives; the set owns none of the descriptors. Not thread-safe.
/// </summary>
public sealed unsafe class PollSet : IDisposable
{
    private struct_pollfd* _entries = (struct_pollfd*)NativeMemory.Alloc(4, (nuint)sizeof(struct_pollfd));
    private int _capacity = 4;
    private int _count;

    /// <summary>Adds a descriptor.</summary>
    /// <returns>Its entry.</returns>
    public int Add(int descriptor, PollEvents interest)
    {
        ObjectDisposedException.ThrowIf(_entries is null, this);
        ArgumentOutOfRangeException.ThrowIfNegative(descriptor);
        if (_count == _capacity)
        {
            _capacity *= 2;
            _entries = (struct_pollfd*)NativeMemory.Realloc(_entries, (nuint)(_capacity * sizeof(struct_pollfd)));
        }

        _entries[_count] = new struct_pollfd { fd = descriptor };
        int entry = _count++;
        SetInterest(entry, interest);
        return entry;
    }

    /// <summary>How many entries there are.</summary>
    public int Count => _count;

    /// <summary>Takes all descriptors out, for a loop whose descriptors come and go.</summary>
    public void Clear() => Truncate(0);

    /// <summary>Takes the descriptors out that were added after the first <paramref name="count"/>, whose entries stay.</summary>
    public void Truncate(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _count);
        _count = count;
    }

    /// <summary>Changes what is waited for. With nothing to wait for, a hung-up descriptor does not wake the loop either.</summary>
    public void SetInterest(int entry, PollEvents interest)
    {
        struct_pollfd* at = At(entry);

        // ppoll ignores entries with a negative descriptor; the complement keeps the number.
        at->fd = interest == PollEvents.None ? ~Descriptor(at) : Descriptor(at);
        at->events = (short)interest;
        at->revents = 0;
    }

    /// <summary>What an entry was found ready for by the last wait.</summary>
    public PollEvents Ready(int entry) => (PollEvents)At(entry)->revents;

    /// <summary>Waits until an entry is ready.</summary>
    /// <param name="milliseconds">How long at most; -1 for ever.</param>
    /// <returns>False when the time is over or a signal handler ran.</returns>
    /// <exception cref="SyscallException">ppoll(2) failed.</exception>
    public bool Wait(long milliseconds = -1)
    {
        ObjectDisposedException.ThrowIf(_entries is null, this);
        __kernel_timespec time = new() { tv_sec = milliseconds / 1000, tv_nsec = milliseconds % 1000 * 1_000_000 };
        nint timeout = milliseconds < 0 ? 0 : (nint)(&time);
        nint result = Kernel.syscall(Sys.ppoll, (nint)_entries, _count, timeout, 0, 8, 0);
        if (result == -(int)Errno.EINTR)
        {
            for (int i = 0; i < _count; i++)
            {
                _entries[i].revents = 0;
            }

            return false;
        }

        return SyscallException.Check(result, "ppoll") > 0;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_entries);
        _entries = null;
        _count = 0;
    }

    private static int Descriptor(struct_pollfd* entry) => entry->fd < 0 ? ~entry->fd : entry->fd;

    private struct_pollfd* At(int entry)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual((uint)entry, (uint)_count, nameof(entry));
        return &_entries[entry];
    }
}
