using FastRun.Native.Netlink;

namespace FastRun.Native.Sockets;

/// <summary>Who sent a datagram, and to which address: what an answer needs to look as it must.</summary>
/// <param name="Remote">The sender's address.</param>
/// <param name="Port">The sender's port.</param>
/// <param name="Local">The address of this host that it came to.</param>
/// <param name="Interface">The interface that it came by, where an address of IPv6 needs it; else 0.</param>
public readonly record struct DatagramPeer(InternetAddress Remote, ushort Port, InternetAddress Local, int Interface);
