using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using FastRun.Native.Interop;

namespace FastRun.Native.Netlink;

/// <summary>
/// Requests one behind the other, in native memory that grows and is used again: <see cref="Clear"/> and the next requests
/// allocate nothing. The layout is that of netlink(7): messages and attributes are aligned to four bytes, numbers are in
/// the machine's byte order unless a method says otherwise.
/// </summary>
internal sealed unsafe class NetlinkWriter : IDisposable
{
    /// <summary>What messages, headers and attributes are aligned to (NLMSG_ALIGNTO, NLA_ALIGNTO).</summary>
    internal const int Alignment = 4;

    private const int MaximumLength = 16 * 1024 * 1024;

    private readonly List<(string Operation, string? Subject)> _requests = new(16);
    private byte* _buffer;
    private int _capacity;
    private int _length;
    private int _message = -1;

    /// <summary>A writer without a request.</summary>
    /// <param name="capacity">How many bytes fit before it grows.</param>
    internal NetlinkWriter(int capacity = 4096)
    {
        _buffer = (byte*)NativeMemory.Alloc((nuint)capacity);
        _capacity = capacity;
    }

    /// <summary>How many requests there are.</summary>
    internal int Count => _requests.Count;

    /// <summary>All requests, whole, as they are sent.</summary>
    internal Span<byte> Written
    {
        get
        {
            End();
            return new Span<byte>(_buffer, _length);
        }
    }

    /// <summary>Forgets all requests.</summary>
    internal void Clear()
    {
        _requests.Clear();
        _length = 0;
        _message = -1;
    }

    /// <summary>Begins a request; the one before is whole.</summary>
    /// <param name="type"><c>nlmsg_type</c>.</param>
    /// <param name="flags"><c>nlmsg_flags</c>; NLM_F_REQUEST is added.</param>
    /// <param name="operation">What an error calls it, for example <c>RTM_NEWLINK</c>.</param>
    /// <param name="subject">What it is about, for errors.</param>
    internal void Begin(int type, NetlinkFlags flags, string operation, string? subject = null)
    {
        End();
        _requests.Add((operation, subject));
        _message = _length;
        Header(new struct_nlmsghdr { nlmsg_type = checked((ushort)type), nlmsg_flags = (ushort)(flags | NetlinkFlags.Request) });
    }

    /// <summary>A structure: the header of a request's family, or what stands before attributes in a nested one.</summary>
    internal void Header<T>(in T header)
        where T : unmanaged => Unsafe.WriteUnaligned(Append(sizeof(T)), header);

    /// <summary>An attribute of a byte.</summary>
    internal void UInt8(int type, byte value) => *Attribute(type, sizeof(byte)) = value;

    /// <summary>An attribute of two bytes.</summary>
    internal void UInt16(int type, ushort value) => Unsafe.WriteUnaligned(Attribute(type, sizeof(ushort)), value);

    /// <summary>An attribute of four bytes.</summary>
    internal void UInt32(int type, uint value) => Unsafe.WriteUnaligned(Attribute(type, sizeof(uint)), value);

    /// <summary>An attribute of eight bytes.</summary>
    internal void UInt64(int type, ulong value) => Unsafe.WriteUnaligned(Attribute(type, sizeof(ulong)), value);

    /// <summary>An attribute of two bytes, the most significant one first.</summary>
    internal void UInt16BigEndian(int type, ushort value) => UInt16(type, Network(value));

    /// <summary>An attribute of four bytes, the most significant one first.</summary>
    internal void UInt32BigEndian(int type, uint value) =>
        UInt32(type, BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    /// <summary>An attribute of eight bytes, the most significant one first.</summary>
    internal void UInt64BigEndian(int type, ulong value) =>
        UInt64(type, BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value);

    /// <summary>An attribute that is a structure or address.</summary>
    internal void Structure<T>(int type, in T value)
        where T : unmanaged => Unsafe.WriteUnaligned(Attribute(type, sizeof(T)), value);

    /// <summary>An attribute of bytes.</summary>
    internal void Bytes(int type, ReadOnlySpan<byte> value) => value.CopyTo(new Span<byte>(Attribute(type, value.Length), value.Length));

    /// <summary>An attribute that says something by being there.</summary>
    internal void Flag(int type) => Attribute(type, 0);

    /// <summary>An attribute that is text in UTF-8, with the NUL that the kernel wants.</summary>
    /// <exception cref="ArgumentException">The text holds a NUL itself.</exception>
    internal void Text(int type, ReadOnlySpan<char> value)
    {
        if (value.Contains('\0'))
        {
            throw new ArgumentException("a string for the kernel cannot contain NUL", nameof(value));
        }

        int length = Encoding.UTF8.GetByteCount(value);
        byte* at = Attribute(type, length + 1);
        Encoding.UTF8.GetBytes(value, new Span<byte>(at, length));
        at[length] = 0;
    }

    /// <summary>An attribute of attributes: those that are written until what it returns is disposed.</summary>
    internal Nest Nested(int type)
    {
        int start = _length;
        Attribute(type | Interop.Netlink.NLA_F_NESTED, 0);
        return new Nest(this, start);
    }

    /// <summary>
    /// Gives the requests numbers of their own, by which replies are told apart.
    /// </summary>
    /// <returns>How many of them ask for an acknowledgement.</returns>
    internal int Number(uint first)
    {
        int acknowledged = 0;
        for (Span<byte> rest = Written; rest.Length >= sizeof(struct_nlmsghdr);)
        {
            ref struct_nlmsghdr header = ref MemoryMarshal.AsRef<struct_nlmsghdr>(rest);
            header.nlmsg_seq = first++;
            acknowledged += (header.nlmsg_flags & (int)NetlinkFlags.Acknowledge) >> 2;
            rest = rest[(int)header.nlmsg_len..];
        }

        return acknowledged;
    }

    /// <summary>
    /// Has the last request acknowledged. Where requests are done in their order, and errors are told unasked, that is enough.
    /// </summary>
    internal void AcknowledgeLast()
    {
        if (_message >= 0)
        {
            ((struct_nlmsghdr*)(_buffer + _message))->nlmsg_flags |= (ushort)NetlinkFlags.Acknowledge;
        }
    }

    /// <summary>What an error calls the request of this index.</summary>
    internal (string Operation, string? Subject) Describe(int index) => _requests[index];

    /// <inheritdoc/>
    public void Dispose()
    {
        NativeMemory.Free(_buffer);
        _buffer = null;
        _capacity = 0;
        Clear();
    }

    private static ushort Network(ushort value) =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(value) : value;

    private static int Align(int length) => (length + Alignment - 1) & ~(Alignment - 1);

    /// <summary>The message's length counts its last attribute's padding, as it does for the kernel's own.</summary>
    private void End()
    {
        if (_message >= 0)
        {
            ((struct_nlmsghdr*)(_buffer + _message))->nlmsg_len = (uint)(_length - _message);
            _message = -1;
        }
    }

    private byte* Attribute(int type, int length)
    {
        int whole = sizeof(struct_nlattr) + length;
        if (whole > ushort.MaxValue)
        {
            throw new ArgumentException("an attribute holds at most 65531 bytes", nameof(length));
        }

        byte* at = Append(whole);
        *(struct_nlattr*)at = new struct_nlattr { nla_len = (ushort)whole, nla_type = checked((ushort)type) };
        return at + sizeof(struct_nlattr);
    }

    /// <summary>Room at the end; what alignment adds is zero, so that nothing of this process's memory is told.</summary>
    private byte* Append(int length)
    {
        int aligned = Align(length);
        if (aligned > _capacity - _length)
        {
            Grow(aligned);
        }

        byte* at = _buffer + _length;
        if (aligned != 0)
        {
            *(uint*)(at + aligned - Alignment) = 0;
        }

        _length += aligned;
        return at;
    }

    private void Grow(int by)
    {
        int capacity = Math.Max(checked(_length + by), (int)Math.Min(2L * _capacity, MaximumLength));
        if (_buffer is null || capacity > MaximumLength)
        {
            throw new InvalidOperationException("requests for the kernel have at most 16 MiB together");
        }

        _buffer = (byte*)NativeMemory.Realloc(_buffer, (nuint)capacity);
        _capacity = capacity;
    }

    /// <summary>A nested attribute that is being written.</summary>
    internal readonly ref struct Nest
    {
        private readonly NetlinkWriter _writer;
        private readonly int _start;

        internal Nest(NetlinkWriter writer, int start) => (_writer, _start) = (writer, start);

        /// <summary>Ends it.</summary>
        /// <exception cref="InvalidOperationException">It has more than 65,535 bytes.</exception>
        public void Dispose()
        {
            int length = _writer._length - _start;
            if (length > ushort.MaxValue)
            {
                throw new InvalidOperationException("a nested attribute holds at most 65531 bytes");
            }

            ((struct_nlattr*)(_writer._buffer + _start))->nla_len = (ushort)length;
        }
    }
}
