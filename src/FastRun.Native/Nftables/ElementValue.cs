using System;
using System.Buffers.Binary;
using System.Text;
using FastRun.Native.Netlink;

namespace FastRun.Native.Nftables;

/// <summary>
/// A key or the data of an element, field by field. In a concatenation each field fills whole registers of four bytes; one
/// field alone has just its bytes, which is what <see cref="Bytes"/> gives then.
/// </summary>
public sealed class ElementValue
{
    /// <summary>The longest value (NFT_DATA_VALUE_MAXLEN).</summary>
    internal const int MaximumLength = 64;

    private readonly byte[] _bytes = new byte[MaximumLength];
    private int _fields;
    private int _lastSize;
    private int _length;

    /// <summary>What the kernel is given.</summary>
    internal ReadOnlySpan<byte> Bytes => _bytes.AsSpan(0, _fields == 1 ? _lastSize : _length);

    /// <summary>Appends the name of an interface.</summary>
    public ElementValue Interface(string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(name.Length, FieldType.InterfaceName.Size(), nameof(name));
        Encoding.ASCII.GetBytes(name, Next(FieldType.InterfaceName));
        return this;
    }

    /// <summary>Appends the group of an interface.</summary>
    public ElementValue Group(uint group)
    {
        BitConverter.TryWriteBytes(Next(FieldType.InterfaceGroup), group);
        return this;
    }

    /// <summary>Appends an IPv4 or IPv6 address.</summary>
    public ElementValue Address(InternetAddress address)
    {
        address.Write(Next(address.IsIPv6 ? FieldType.Ipv6Address : FieldType.Ipv4Address));
        return this;
    }

    /// <summary>Appends a hardware address.</summary>
    public ElementValue Address(MacAddress address)
    {
        address.Write(Next(FieldType.EtherAddress));
        return this;
    }

    /// <summary>Appends a protocol above IP.</summary>
    public ElementValue Protocol(byte protocol)
    {
        Next(FieldType.Protocol)[0] = protocol;
        return this;
    }

    /// <summary>Appends a port.</summary>
    public ElementValue Port(ushort port)
    {
        BinaryPrimitives.WriteUInt16BigEndian(Next(FieldType.Port), port);
        return this;
    }

    /// <summary>Whether these are the bytes that the kernel gave.</summary>
    public bool Matches(ReadOnlySpan<byte> bytes) => Bytes.SequenceEqual(bytes);

    private Span<byte> Next(FieldType type)
    {
        Span<byte> field = _bytes.AsSpan(_length, type.Size());
        _fields++;
        _lastSize = type.Size();
        _length += type.PaddedSize();
        return field;
    }
}
