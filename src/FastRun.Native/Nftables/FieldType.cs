using System;

namespace FastRun.Native.Nftables;

/// <summary>
/// What a field of a set's key or data is. The kernel only knows lengths; the numbers are nft's own, by which it prints sets (its
/// <c>enum datatypes</c>), six bits for each field of a concatenation.
/// </summary>
public enum FieldType
{
    /// <summary>An IPv4 address.</summary>
    Ipv4Address = 7,

    /// <summary>An IPv6 address.</summary>
    Ipv6Address = 8,

    /// <summary>A hardware address.</summary>
    EtherAddress = 9,

    /// <summary>A protocol above IP, one byte.</summary>
    Protocol = 12,

    /// <summary>A port.</summary>
    Port = 13,

    /// <summary>The group of an interface.</summary>
    InterfaceGroup = 33,

    /// <summary>The name of an interface.</summary>
    InterfaceName = 41,
}

/// <summary>Lengths of fields.</summary>
internal static class FieldTypes
{
    private const int BitsOfType = 6;
    private const int RegisterSize = 4;

    /// <summary>How many bytes a value has.</summary>
    internal static int Size(this FieldType type) => type switch
    {
        FieldType.Ipv4Address or FieldType.InterfaceGroup => 4,
        FieldType.Ipv6Address or FieldType.InterfaceName => 16,
        FieldType.EtherAddress => 6,
        FieldType.Protocol => 1,
        FieldType.Port => 2,
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };

    /// <summary>How many bytes of registers it fills.</summary>
    internal static int PaddedSize(this FieldType type) => (type.Size() + RegisterSize - 1) / RegisterSize * RegisterSize;

    /// <summary>nft's number for a concatenation.</summary>
    internal static uint Number(ReadOnlySpan<FieldType> fields)
    {
        uint number = 0;
        foreach (FieldType field in fields)
        {
            number = (number << BitsOfType) | (uint)field;
        }

        return number;
    }

    /// <summary>The length of a key or of data: a single field has its own, a concatenation whole registers.</summary>
    internal static int Length(ReadOnlySpan<FieldType> fields)
    {
        if (fields.Length == 1)
        {
            return fields[0].Size();
        }

        int length = 0;
        foreach (FieldType field in fields)
        {
            length += field.PaddedSize();
        }

        return length;
    }
}
