using System.Buffers.Binary;
using FastRun.Native;
using FastRun.Native.Nftables;
using FastRun.Native.Sockets;

namespace FastRun.Engine.Networks.Names;

/// <summary>
/// Leads what a container sends to port 53 of its resolver's address to the ports that the resolver has, so that port 53 is free
/// for a server of the container's own, on all addresses. Two chains of stateless rules in the container's namespace: connections
/// need not be tracked for it, and where the container has them tracked, it sees port 53.
/// </summary>
internal static class PortRedirection
{
    private const byte Tcp = 6;
    private const byte Udp = 17;
    private const uint TcpChecksum = 16;
    private const uint UdpChecksum = 6;

    private static readonly NftablesTable s_table = new(TableFamily.Ip, "fastrun-names");

    /// <summary>Puts the rules into the namespace that the calling thread is in, in place of earlier ones.</summary>
    /// <param name="sockets">Where the resolver is.</param>
    /// <param name="isNew">
    /// Whether the namespace has none: for the end of those, were there any or not, the kernel waits when the socket closes (a grace
    /// period of RCU, ten times as long as everything else here).
    /// </param>
    /// <exception cref="SyscallException">The kernel has no nf_tables.</exception>
    internal static void Install(ResolverSockets sockets, bool isNew)
    {
        ushort datagram = (ushort)InternetSocket.LocalEndpoint(sockets.Datagram).Port;
        ushort stream = (ushort)InternetSocket.LocalEndpoint(sockets.Stream).Port;
        using NftablesSocket socket = NftablesSocket.Open();
        using NftablesBatch batch = new();
        batch.AddTable(s_table);
        if (!isNew)
        {
            batch.DeleteTable(s_table);
            batch.AddTable(s_table);
        }

        batch.AddChain(s_table, "queries", new ChainHook("filter", HookPoint.Output, ChainHook.Mangle));
        batch.AddChain(s_table, "responses", new ChainHook("filter", HookPoint.Output, ChainHook.Raw));
        Translate(batch, Udp, UdpChecksum, datagram);
        Translate(batch, Tcp, TcpChecksum, stream);
        socket.Execute(batch);
    }

    private static void Translate(NftablesBatch batch, byte protocol, uint checksum, ushort own)
    {
        byte[] address = ResolverSockets.Address.GetAddressBytes();
        byte[] known = Port(UpstreamServer.Port);
        byte[] port = Port(own);
        batch.AddRule(s_table, "queries", rule => rule
            .Load(PacketField.Ipv4Destination).Compare(address)
            .Meta(MetaKey.TransportProtocol).Compare([protocol])
            .Load(PacketField.DestinationPort).Compare(known)
            .LoadValue(port).Store(PacketField.DestinationPort, checksum));
        batch.AddRule(s_table, "responses", rule => rule
            .Load(PacketField.Ipv4Source).Compare(address)
            .Meta(MetaKey.TransportProtocol).Compare([protocol])
            .Load(PacketField.SourcePort).Compare(port)
            .LoadValue(known).Store(PacketField.SourcePort, checksum));
    }

    private static byte[] Port(ushort port)
    {
        byte[] bytes = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, port);
        return bytes;
    }
}
