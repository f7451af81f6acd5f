using System;
using System.Buffers.Binary;
using System.Net;
using FastRun.Native.Interop;

namespace FastRun.Native.Sockets;

/// <summary>An address and a port in the kernel's form (<c>struct sockaddr_in</c>, <c>struct sockaddr_in6</c>): no object is made for one that comes with a packet.</summary>
public unsafe struct SocketEndpoint
{
    internal const int Capacity = 28;
    private const int LengthIPv4 = 16;

    internal fixed byte Bytes[Capacity];
    internal int Length;

    /// <summary>An address, with its scope where it has one, and a port.</summary>
    public SocketEndpoint(IPAddress address, int port)
    {
        ArgumentNullException.ThrowIfNull(address);
        ArgumentOutOfRangeException.ThrowIfGreaterThan((uint)port, ushort.MaxValue, nameof(port));
        bool isIPv6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        Length = isIPv6 ? Capacity : LengthIPv4;
        fixed (byte* at = Bytes)
        {
            Span<byte> bytes = new(at, Capacity);
            *(ushort*)at = (ushort)(isIPv6 ? Socket.AF_INET6 : Socket.AF_INET);
            BinaryPrimitives.WriteUInt16BigEndian(bytes[2..], (ushort)port);
            address.TryWriteBytes(bytes[(isIPv6 ? 8 : 4)..], out _);
            if (isIPv6)
            {
                *(uint*)(at + 24) = (uint)address.ScopeId;
            }
        }
    }

    /// <summary>The port; 0 where there is no address.</summary>
    public int Port
    {
        get
        {
            fixed (byte* at = Bytes)
            {
                return BinaryPrimitives.ReadUInt16BigEndian(new ReadOnlySpan<byte>(at + 2, 2));
            }
        }
    }

    /// <summary>AF_INET or AF_INET6.</summary>
    internal int Family
    {
        get
        {
            fixed (byte* at = Bytes)
            {
                return *(ushort*)at;
            }
        }
    }
}
