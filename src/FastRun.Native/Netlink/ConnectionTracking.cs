using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using FastRun.Native.Interop;
using static FastRun.Native.Interop.Conntrack;

namespace FastRun.Native.Netlink;

/// <summary>
/// The connections that the kernel tracks in the network namespace of whoever opens it (ctnetlink). What it has decided about a
/// connection's translation holds as long as packets come: a sender of UDP that goes on keeps it for ever, unless it is forgotten.
/// </summary>
public sealed class ConnectionTracking : IDisposable
{
    /// <summary>Which parts of a tuple the kernel compares (net/netfilter/nf_internals.h, CTA_FILTER_FLAG).</summary>
    private const uint CompareProtocolAndDestinationPort = (1 << 3) | (1 << 5);

    private readonly NetlinkSocket _socket;

    private ConnectionTracking(NetlinkSocket socket) => _socket = socket;

    /// <summary>Opens it.</summary>
    /// <exception cref="SyscallException">EPROTONOSUPPORT where the kernel has no nfnetlink.</exception>
    public static ConnectionTracking Open() => new(NetlinkSocket.Open(NetlinkProtocol.Netfilter));

    /// <summary>Forgets connections.</summary>
    /// <param name="isIPv6">Of which family.</param>
    /// <param name="protocol">Of which protocol, one with ports.</param>
    /// <param name="port">To which port, before any translation.</param>
    /// <param name="chosen">Which of them.</param>
    /// <returns>How many were forgotten.</returns>
    /// <exception cref="SyscallException">The kernel tracks nothing (EINVAL, EOPNOTSUPP), or the caller may not (EPERM).</exception>
    public int Forget(bool isIPv6, byte protocol, ushort port, Predicate<TrackedConnection> chosen)
    {
        ArgumentNullException.ThrowIfNull(chosen);
        int forgotten = 0;
        foreach ((byte[] tuple, byte[] id) in Find(isIPv6, protocol, port, chosen))
        {
            using NetlinkWriter request = new(512);
            Begin(request, IPCTNL_MSG_CT_DELETE, NetlinkFlags.Acknowledge, isIPv6);
            request.Bytes(CTA_TUPLE_ORIG | Interop.Netlink.NLA_F_NESTED, tuple);
            request.Bytes(CTA_ID, id);

            // ENOENT: it has ended by itself.
            forgotten += _socket.TryExecute(request, out NetlinkError error) ? 1
                : error.Errno == Errno.ENOENT ? 0
                : throw error.ToException(request);
        }

        return forgotten;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private List<(byte[] Tuple, byte[] Id)> Find(bool isIPv6, byte protocol, ushort port, Predicate<TrackedConnection> chosen)
    {
        using NetlinkWriter request = new(512);
        Begin(request, IPCTNL_MSG_CT_GET, NetlinkFlags.Dump, isIPv6);
        using (request.Nested(CTA_TUPLE_ORIG))
        using (request.Nested(CTA_TUPLE_PROTO))
        {
            request.UInt8(CTA_PROTO_NUM, protocol);
            request.UInt16BigEndian(CTA_PROTO_DST_PORT, port);
        }

        // A kernel that does not know it gives all there is.
        using (request.Nested(CTA_FILTER))
        {
            request.UInt32(CTA_FILTER_ORIG_FLAGS, CompareProtocolAndDestinationPort);
        }

        List<(byte[] Tuple, byte[] Id)> found = [];
        foreach (NetlinkMessage message in _socket.Query(request))
        {
            (byte[] tuple, byte[] id) = ([], []);
            (Tuple original, Tuple reply) = (default, default);
            foreach (NetlinkAttribute attribute in message.Attributes<struct_nfgenmsg>())
            {
                switch (attribute.Type)
                {
                    case CTA_TUPLE_ORIG:
                        (tuple, original) = (attribute.Payload.ToArray(), Read(attribute));
                        break;
                    case CTA_TUPLE_REPLY:
                        reply = Read(attribute);
                        break;
                    case CTA_ID:
                        id = attribute.Payload.ToArray();
                        break;
                }
            }

            if (original.Protocol == protocol && original.DestinationPort == port
                && original is { Source: { } source, Destination: { } destination } && reply.Source is { } answering
                && chosen(new TrackedConnection(source, destination, answering)))
            {
                found.Add((tuple, id));
            }
        }

        return found;
    }

    private static void Begin(NetlinkWriter request, int message, NetlinkFlags flags, bool isIPv6)
    {
        request.Begin((Nfnetlink.NFNL_SUBSYS_CTNETLINK << 8) | message, flags, "conntrack");
        request.Header(new struct_nfgenmsg
        {
            nfgen_family = isIPv6 ? Nfnetlink.NFPROTO_IPV6 : Nfnetlink.NFPROTO_IPV4,
            version = Nfnetlink.NFNETLINK_V0,
        });
    }

    private static Tuple Read(NetlinkAttribute attribute)
    {
        Tuple tuple = default;
        foreach (NetlinkAttribute part in attribute.Nested)
        {
            foreach (NetlinkAttribute field in part.Nested)
            {
                tuple = (part.Type, field.Type) switch
                {
                    (CTA_TUPLE_IP, CTA_IP_V4_SRC or CTA_IP_V6_SRC) => tuple with { Source = InternetAddress.Read(field.Payload) },
                    (CTA_TUPLE_IP, CTA_IP_V4_DST or CTA_IP_V6_DST) => tuple with { Destination = InternetAddress.Read(field.Payload) },
                    (CTA_TUPLE_PROTO, CTA_PROTO_NUM) => tuple with { Protocol = field.UInt8 },
                    (CTA_TUPLE_PROTO, CTA_PROTO_DST_PORT) => tuple with { DestinationPort = BinaryPrimitives.ReverseEndianness(field.UInt16) },
                    _ => tuple,
                };
            }
        }

        return tuple;
    }

    private readonly record struct Tuple(InternetAddress? Source, InternetAddress? Destination, byte Protocol, ushort DestinationPort);
}
