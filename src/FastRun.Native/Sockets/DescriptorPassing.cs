using System;
using System.Collections.Generic;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;

namespace FastRun.Native.Sockets;

/// <summary>Messages over a unix socket that carry descriptors to another process (unix(7), SCM_RIGHTS).</summary>
public static unsafe class DescriptorPassing
{
    /// <summary>The most descriptors that one message carries here; whoever sends more is cut short.</summary>
    public const int MaxDescriptors = 8;

    // struct cmsghdr: a length as size_t, level, type; then the descriptors, padded to 8 bytes.
    private const int HeaderLength = 16;
    private const int ControlLength = HeaderLength + (MaxDescriptors * sizeof(int));

    /// <summary>Sends bytes with descriptors, which the sender keeps too; waits while the receiver has no room.</summary>
    /// <returns>What failed: EPIPE and ECONNRESET where the receiver is gone.</returns>
    public static Errno Send(Fd socket, ReadOnlySpan<byte> bytes, params ReadOnlySpan<Fd> descriptors)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(descriptors.Length, MaxDescriptors, nameof(descriptors));
        byte* control = stackalloc byte[ControlLength];
        int length = HeaderLength + (descriptors.Length * sizeof(int));
        *(nint*)control = length;
        ((int*)control)[2] = Socket.SOL_SOCKET;
        ((int*)control)[3] = Socket.SCM_RIGHTS;
        for (int i = 0; i < descriptors.Length; i++)
        {
            ((int*)(control + HeaderLength))[i] = descriptors[i].Number;
        }

        fixed (byte* at = bytes)
        {
            Vector vector = new() { Base = at, Length = (nuint)bytes.Length };
            Message message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = (nuint)length };
            nint result;
            do
            {
                result = Kernel.syscall(Sys.sendmsg, socket.Number, (nint)(&message), Socket.MSG_NOSIGNAL, 0, 0, 0);
            }
            while (result == -(int)Errno.EINTR);

            return result == bytes.Length ? Errno.None : result < 0 ? (Errno)(-result) : Errno.EMSGSIZE;
        }
    }

    /// <summary>Receives what is there, without waiting; the descriptors that came are the caller's, whatever else is wrong.</summary>
    /// <returns>How many bytes, 0 at the end, or -errno: -EAGAIN where there is nothing yet.</returns>
    public static int TryReceive(Fd socket, Span<byte> buffer, ICollection<Fd> descriptors)
    {
        ArgumentNullException.ThrowIfNull(descriptors);
        byte* control = stackalloc byte[ControlLength];
        fixed (byte* at = buffer)
        {
            Vector vector = new() { Base = at, Length = (nuint)buffer.Length };
            Message message = new() { Vectors = &vector, VectorCount = 1, Control = control, ControlLength = ControlLength };
            int result = (int)Kernel.fast_syscall(
                Sys.recvmsg, socket.Number, (nint)(&message), Socket.MSG_DONTWAIT | Socket.MSG_CMSG_CLOEXEC, 0, 0, 0);
            if (result >= 0 && message.ControlLength >= HeaderLength
                && ((int*)control)[2] == Socket.SOL_SOCKET && ((int*)control)[3] == Socket.SCM_RIGHTS)
            {
                int end = (int)Math.Min(*(nuint*)control, message.ControlLength);
                for (int offset = HeaderLength; offset + sizeof(int) <= end; offset += sizeof(int))
                {
                    descriptors.Add(new Fd(*(int*)(control + offset)));
                }
            }

            return result;
        }
    }

    /// <summary><c>struct iovec</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Vector
    {
        internal byte* Base;
        internal nuint Length;
    }

    /// <summary><c>struct msghdr</c>.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private struct Message
    {
        internal void* Name;
        internal uint NameLength;
        internal Vector* Vectors;
        internal nuint VectorCount;
        internal void* Control;
        internal nuint ControlLength;
        internal int Flags;
    }
}
