using System;
using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using FastRun.Native.Interop;

namespace FastRun.Native.Netlink;

/// <summary>
/// Walks the attributes of a message or of a nested attribute; ends before one that is not whole, whatever its length says.
/// </summary>
internal ref struct NetlinkAttributes
{
    private ReadOnlySpan<byte> _rest;

    internal NetlinkAttributes(ReadOnlySpan<byte> bytes) => _rest = bytes;

    /// <summary>The attribute that <see cref="MoveNext"/> came to.</summary>
    public NetlinkAttribute Current { get; private set; }

    /// <summary>For foreach.</summary>
    public readonly NetlinkAttributes GetEnumerator() => this;

    /// <summary>Goes to the next one.</summary>
    public unsafe bool MoveNext()
    {
        if (!MemoryMarshal.TryRead(_rest, out struct_nlattr header) || header.nla_len < sizeof(struct_nlattr) || header.nla_len > _rest.Length)
        {
            return false;
        }

        Current = new NetlinkAttribute((ushort)(header.nla_type & Interop.Netlink.NLA_TYPE_MASK), _rest[sizeof(struct_nlattr)..header.nla_len]);
        int aligned = (header.nla_len + NetlinkWriter.Alignment - 1) & ~(NetlinkWriter.Alignment - 1);
        _rest = _rest[Math.Min(_rest.Length, aligned)..];
        return true;
    }

    /// <summary>The attributes that come after so many bytes.</summary>
    internal static NetlinkAttributes Behind(ReadOnlySpan<byte> payload, int header) =>
        new(header <= payload.Length ? payload[header..] : default);
}

/// <summary>One attribute that was received.</summary>
internal readonly ref struct NetlinkAttribute
{
    internal NetlinkAttribute(ushort type, ReadOnlySpan<byte> payload)
    {
        Type = type;
        Payload = payload;
    }

    /// <summary><c>nla_type</c> without its flags.</summary>
    internal ushort Type { get; }

    /// <summary>Its bytes.</summary>
    internal ReadOnlySpan<byte> Payload { get; }

    /// <summary>A byte.</summary>
    /// <exception cref="SyscallException">EBADMSG: it is shorter.</exception>
    internal byte UInt8 => Read<byte>();

    /// <summary>Two bytes.</summary>
    /// <exception cref="SyscallException">EBADMSG: it is shorter.</exception>
    internal ushort UInt16 => Read<ushort>();

    /// <summary>Four bytes.</summary>
    /// <exception cref="SyscallException">EBADMSG: it is shorter.</exception>
    internal uint UInt32 => Read<uint>();

    /// <summary>Eight bytes.</summary>
    /// <exception cref="SyscallException">EBADMSG: it is shorter.</exception>
    internal ulong UInt64 => Read<ulong>();

    /// <summary>Four bytes, the most significant one first.</summary>
    /// <exception cref="SyscallException">EBADMSG: it is shorter.</exception>
    internal uint UInt32BigEndian =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(UInt32) : UInt32;

    /// <summary>Eight bytes, the most significant one first.</summary>
    /// <exception cref="SyscallException">EBADMSG: it is shorter.</exception>
    internal ulong UInt64BigEndian =>
        BitConverter.IsLittleEndian ? BinaryPrimitives.ReverseEndianness(UInt64) : UInt64;

    /// <summary>Text up to its NUL.</summary>
    internal string Text => Encoding.UTF8.GetString(TextBytes);

    /// <summary>The bytes of a text up to its NUL.</summary>
    internal ReadOnlySpan<byte> TextBytes => Payload.IndexOf((byte)0) is >= 0 and int end ? Payload[..end] : Payload;

    /// <summary>The attributes in this one.</summary>
    internal NetlinkAttributes Nested => new(Payload);

    /// <summary>A structure; the kernel may have added to its end.</summary>
    /// <exception cref="SyscallException">EBADMSG: it is shorter.</exception>
    internal T Read<T>()
        where T : unmanaged =>
        MemoryMarshal.TryRead(Payload, out T value) ? value : throw new SyscallException("recvfrom", Errno.EBADMSG, "netlink attribute");
}
