using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Sockets;

namespace FastRun.Engine.Networks.Ports;

/// <summary>
/// The host's ports that a container gets, each held by a socket that is bound to it: nobody else can have it, ours or not, and
/// whoever dies lets go of it.
/// </summary>
internal sealed class PortClaims : IDisposable
{
    private const int MostTries = 32;
    private const int OwnerOnly = 0b_111_000_000;

    private readonly StateLayout _layout;
    private readonly List<PortClaim> _claims = [];

    private PortClaims(StateLayout layout) => _layout = layout;

    /// <summary>What was claimed.</summary>
    internal IReadOnlyList<PortClaim> All => _claims;

    /// <summary>The ports.</summary>
    internal IReadOnlyList<PublishedPort> Ports => _claims.ConvertAll(static claim => claim.Port);

    /// <summary>Claims them all, or none.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="bindings">What is asked for.</param>
    /// <param name="ipv4">The container's address.</param>
    /// <param name="ipv6">The container's address in IPv6.</param>
    /// <param name="endpoint">What errors call the container's end in the network.</param>
    /// <exception cref="EngineException">A port is taken, or the host has no such address.</exception>
    internal static PortClaims Claim(
        StateLayout layout, IReadOnlyList<PortBinding> bindings, IPAddress? ipv4, IPAddress? ipv6, string endpoint)
    {
        PortClaims claims = new(layout);
        try
        {
            foreach (PortBinding binding in bindings)
            {
                claims.Claim(binding, ipv4, ipv6, endpoint);
            }

            return claims;
        }
        catch
        {
            claims.Dispose();
            throw;
        }
    }

    /// <summary>The same ports of the host lead to another address of the container from now on.</summary>
    internal void LeadTo(IPAddress? ipv4, IPAddress? ipv6)
    {
        for (int i = 0; i < _claims.Count; i++)
        {
            PublishedPort port = _claims[i].Port;
            _claims[i] = _claims[i] with { Port = port with { Container = AddressFor(port.HostAddress.IsIPv6, ipv4, ipv6) } };
        }
    }

    /// <summary>Closes the sockets: nobody is to have them any more.</summary>
    public void Dispose()
    {
        _claims.ForEach(static claim => claim.Socket.Dispose());
        _claims.Clear();
    }

    private void Claim(PortBinding binding, IPAddress? ipv4, IPAddress? ipv6, string endpoint)
    {
        byte protocol = (byte)PublishedPort.ProtocolOf(binding.Protocol)!.Value;
        IPAddress[] addresses = binding.HostAddress.Length == 0
            ? [IPAddress.Any, IPAddress.IPv6Any]
            : [IPAddress.Parse(binding.HostAddress)];
        bool isOne = binding.FirstHostPort == binding.LastHostPort && binding.FirstHostPort != 0;
        int last = binding.FirstHostPort == 0 ? MostTries : binding.LastHostPort - binding.FirstHostPort + 1;
        for (int i = 0; i < last; i++)
        {
            int port = binding.FirstHostPort == 0 ? 0 : binding.FirstHostPort + i;
            Errno errno = TryClaim(addresses, protocol, port, binding.ContainerPort, ipv4, ipv6, out IPAddress refused);
            if (errno == Errno.None)
            {
                return;
            }

            if (isOne || errno != Errno.EADDRINUSE)
            {
                throw Refused(endpoint, refused, port, errno);
            }
        }

        throw new EngineException(
            ErrorKind.Conflict,
            $"driver failed programming external connectivity on endpoint {endpoint}: Bind for {Text(addresses[0])}:{binding.FirstHostPort}-{binding.LastHostPort} failed: all ports are allocated");
    }

    /// <summary>Claims one port at all the addresses, or at none.</summary>
    private Errno TryClaim(
        IPAddress[] addresses, byte protocol, int port, ushort containerPort, IPAddress? ipv4, IPAddress? ipv6, out IPAddress refused)
    {
        int before = _claims.Count;
        refused = addresses[0];
        foreach (IPAddress address in addresses)
        {
            bool isIPv6 = address.AddressFamily == AddressFamily.InterNetworkV6;
            Fd? socket = TryBind(protocol, address, port, out Errno errno);
            if (socket is null)
            {
                if (isIPv6 && addresses.Length > 1 && errno is Errno.EAFNOSUPPORT or Errno.EADDRNOTAVAIL)
                {
                    // A host without IPv6.
                    continue;
                }

                refused = address;
                for (int i = _claims.Count - 1; i >= before; i--)
                {
                    _claims[i].Socket.Dispose();
                    _claims.RemoveAt(i);
                }

                return errno;
            }

            port = port == 0 ? PortSocket.PortOf(socket) : port;
            _claims.Add(new PortClaim(
                new PublishedPort((TransportProtocol)protocol, address, (ushort)port, AddressFor(isIPv6, ipv4, ipv6), containerPort), socket));
        }

        return Errno.None;
    }

    private static IPAddress AddressFor(bool isIPv6, IPAddress? ipv4, IPAddress? ipv6) => (isIPv6 ? ipv6 ?? ipv4 : ipv4 ?? ipv6)!;

    private Fd? TryBind(byte protocol, IPAddress address, int port, out Errno errno)
    {
        Fd? socket = PortSocket.TryBind(protocol, address, port, out errno);
        return socket is null && protocol == (byte)TransportProtocol.Sctp && errno is Errno.EPROTONOSUPPORT or Errno.ESOCKTNOSUPPORT
            ? TryLock(address, port, out errno)
            : socket;
    }

    /// <summary>A kernel without SCTP passes it on nonetheless: the port is held by a lock, among ourselves.</summary>
    private Fd? TryLock(IPAddress address, int port, out Errno errno)
    {
        if (port == 0)
        {
            errno = Errno.EPROTONOSUPPORT;
            return null;
        }

        FileAt.MakeDirectories(null, _layout.PortLocks, OwnerOnly);
        string path = Path.Combine(_layout.PortLocks, $"sctp-{address}-{port}");
        FileLock? held = FileLock.TryAcquireOrCreate(null, path, FileLockMode.Exclusive, out errno);
        errno = errno == Errno.EAGAIN ? Errno.EADDRINUSE : errno;
        return held?.Share();
    }

    private static EngineException Refused(string endpoint, IPAddress address, int port, Errno errno)
    {
        string why = errno switch
        {
            Errno.EADDRINUSE => "port is already allocated",
            Errno.EADDRNOTAVAIL => "cannot assign requested address",
            _ => errno.Describe(),
        };
        return new EngineException(
            errno == Errno.EACCES ? ErrorKind.PermissionDenied : errno == Errno.EMFILE ? ErrorKind.ResourceExhausted : ErrorKind.Conflict,
            $"driver failed programming external connectivity on endpoint {endpoint}: Bind for {Text(address)}:{port} failed: {why}");
    }

    private static string Text(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? $"[{address}]" : address.ToString();
}
