using System;
using System.Collections.Generic;
using FastRun.Native.Interop;
using static FastRun.Native.Interop.Rtnetlink;

namespace FastRun.Native.Netlink;

/// <summary>What a network namespace has, as rtnetlink(7) tells it to a socket of it.</summary>
public static class RouteQuery
{
    /// <summary>How often a list is asked for again that changed while it was told.</summary>
    private const int Attempts = 100;

    private delegate void Receive<T>(NetlinkMessage message, List<T> list);

    /// <summary>All interfaces.</summary>
    /// <param name="socket">A socket of the namespace.</param>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    public static IReadOnlyList<LinkInfo> Links(NetlinkSocket socket)
    {
        using NetlinkWriter request = new(256);
        BeginLink(request, NetlinkFlags.Dump, default);
        return List<LinkInfo>(socket, request, static (message, list) =>
        {
            if (message.Type == RTM_NEWLINK)
            {
                list.Add(ReadLink(message));
            }
        });
    }

    /// <summary>The sum of the counters of all interfaces whose name begins so; however many others there are, none is kept.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    public static LinkStatistics Traffic(NetlinkSocket socket, string prefix)
    {
        using NetlinkWriter request = new(256);
        BeginLink(request, NetlinkFlags.Dump, default);
        return List<LinkStatistics>(socket, request, (message, sum) =>
        {
            if (message.Type == RTM_NEWLINK && ReadLink(message) is { } link && link.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                LinkStatistics total = (sum.Count == 0 ? default : sum[0]) + link.Statistics;
                sum.Clear();
                sum.Add(total);
            }
        }) is [var all] ? all : default;
    }

    /// <summary>The counters of the interfaces whose name begins so, in the order in which they were made; of no more than <paramref name="most"/>.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    public static IReadOnlyList<LinkInfo> TrafficOfEach(NetlinkSocket socket, string prefix, int most)
    {
        using NetlinkWriter request = new(256);
        BeginLink(request, NetlinkFlags.Dump, default);
        return List<LinkInfo>(socket, request, (message, list) =>
        {
            if (list.Count < most && message.Type == RTM_NEWLINK && ReadLink(message) is { } link && link.Name.StartsWith(prefix, StringComparison.Ordinal))
            {
                list.Add(link);
            }
        });
    }

    /// <summary>One interface; null where there is none.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    public static LinkInfo? TryFindLink(NetlinkSocket socket, LinkReference link)
    {
        using NetlinkWriter request = new(256);
        BeginLink(request, NetlinkFlags.None, link);
        try
        {
            foreach (NetlinkMessage message in Query(socket, request))
            {
                return ReadLink(message);
            }

            return null;
        }
        catch (SyscallException exception) when (IsAbsent(exception.Errno))
        {
            return null;
        }
    }

    /// <summary>The addresses of all interfaces, of both families.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    public static IReadOnlyList<AddressInfo> Addresses(NetlinkSocket socket)
    {
        using NetlinkWriter request = new(256);
        request.Begin(RTM_GETADDR, NetlinkFlags.Dump, nameof(RTM_GETADDR));
        request.Header(default(struct_ifaddrmsg));
        return List<AddressInfo>(socket, request, static (message, list) =>
        {
            struct_ifaddrmsg header = message.Header<struct_ifaddrmsg>();
            InternetAddress? address = null;
            foreach (NetlinkAttribute attribute in message.Attributes<struct_ifaddrmsg>())
            {
                // IFA_ADDRESS is the other end of a point-to-point interface, where there is an IFA_LOCAL.
                address = attribute.Type switch
                {
                    IFA_LOCAL => InternetAddress.Read(attribute.Payload) ?? address,
                    IFA_ADDRESS => address ?? InternetAddress.Read(attribute.Payload),
                    _ => address,
                };
            }

            if (message.Type == RTM_NEWADDR && address is InternetAddress known)
            {
                list.Add(new AddressInfo((int)header.ifa_index, known, header.ifa_prefixlen));
            }
        });
    }

    /// <summary>The routes of all tables, of both families.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    public static IReadOnlyList<RouteInfo> Routes(NetlinkSocket socket)
    {
        using NetlinkWriter request = new(256);
        request.Begin(RTM_GETROUTE, NetlinkFlags.Dump, nameof(RTM_GETROUTE));
        request.Header(default(struct_rtmsg));
        return List<RouteInfo>(socket, request, static (message, list) =>
        {
            struct_rtmsg header = message.Header<struct_rtmsg>();
            if (message.Type == RTM_NEWROUTE
                && header.rtm_family is Socket.AF_INET or Socket.AF_INET6
                && (header.rtm_flags & RTM_F_CLONED) == 0)
            {
                list.Add(ReadRoute(message, header));
            }
        });
    }

    /// <summary>The neighbours of all interfaces, of both families; of a bridge the ones that its own address talks to.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    public static IReadOnlyList<NeighbourInfo> Neighbours(NetlinkSocket socket) => Neighbours(socket, 0);

    /// <summary>The forwarding tables of all bridges.</summary>
    /// <exception cref="SyscallException">The kernel could not be asked.</exception>
    public static IReadOnlyList<NeighbourInfo> Forwarding(NetlinkSocket socket) => Neighbours(socket, Socket.AF_BRIDGE);

    /// <summary>As <see cref="TryFindLink"/>, with a request that is used again; only the index, allocating nothing.</summary>
    /// <returns>The index, or 0 where there is none of that name.</returns>
    internal static int IndexOf(NetlinkSocket socket, NetlinkWriter request, string name)
    {
        BeginLink(request, NetlinkFlags.None, name);
        NetlinkReplies replies = Query(socket, request);
        int index = 0;
        if (replies.TryMoveNext(out Errno errno))
        {
            index = replies.Current.Header<struct_ifinfomsg>().ifi_index;
        }

        return errno == Errno.None || IsAbsent(errno) ? index : throw new SyscallException(nameof(RTM_GETLINK), errno, name);
    }

    /// <summary>Whether packets pass an interface, allocating nothing; false also where there is none of that name.</summary>
    internal static bool IsOperational(NetlinkSocket socket, NetlinkWriter request, string name)
    {
        BeginLink(request, NetlinkFlags.None, name);
        NetlinkReplies replies = Query(socket, request);
        if (!replies.TryMoveNext(out Errno errno))
        {
            return errno == Errno.None || IsAbsent(errno) ? false : throw new SyscallException(nameof(RTM_GETLINK), errno, name);
        }

        foreach (NetlinkAttribute attribute in replies.Current.Attributes<struct_ifinfomsg>())
        {
            if (attribute.Type == IFLA_OPERSTATE)
            {
                return attribute.UInt8 is IF_OPER_UP or IF_OPER_UNKNOWN;
            }
        }

        return false;
    }

    private static bool IsAbsent(Errno errno) => errno is Errno.ENODEV or Errno.ENXIO;

    private static NetlinkReplies Query(NetlinkSocket socket, NetlinkWriter request)
    {
        ArgumentNullException.ThrowIfNull(socket);
        return socket.Query(request);
    }

    private static void BeginLink(NetlinkWriter request, NetlinkFlags flags, LinkReference link)
    {
        request.Begin(RTM_GETLINK, flags, nameof(RTM_GETLINK), link.Subject);
        request.Header(new struct_ifinfomsg { ifi_index = link.Index });
        if (link.Index == 0 && link.Name is not null)
        {
            request.Text(IFLA_IFNAME, link.Name);
        }

        // The statistics of IPv6, which are long and which nobody reads; not those of the interface.
        request.UInt32(IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
    }

    private static List<NeighbourInfo> Neighbours(NetlinkSocket socket, byte family)
    {
        using NetlinkWriter request = new(256);
        request.Begin(RTM_GETNEIGH, NetlinkFlags.Dump, nameof(RTM_GETNEIGH));
        request.Header(new struct_ndmsg { ndm_family = family });
        return List<NeighbourInfo>(socket, request, static (message, list) =>
        {
            struct_ndmsg header = message.Header<struct_ndmsg>();
            InternetAddress? address = null;
            MacAddress? hardware = null;
            foreach (NetlinkAttribute attribute in message.Attributes<struct_ndmsg>())
            {
                address = attribute.Type == NDA_DST ? InternetAddress.Read(attribute.Payload) : address;
                hardware = attribute.Type == NDA_LLADDR ? MacAddress.Read(attribute.Payload) : hardware;
            }

            if (message.Type == RTM_NEWNEIGH)
            {
                list.Add(new NeighbourInfo(
                    header.ndm_ifindex, address, hardware, (header.ndm_state & (NUD_PERMANENT | NUD_NOARP)) != 0));
            }
        });
    }

    private static List<T> List<T>(NetlinkSocket socket, NetlinkWriter request, Receive<T> receive)
    {
        List<T> list = [];
        for (int attempt = 1; ; attempt++)
        {
            list.Clear();
            try
            {
                foreach (NetlinkMessage message in Query(socket, request))
                {
                    receive(message, list);
                }

                return list;
            }
            catch (SyscallException exception) when (exception.Errno == Errno.EINTR && attempt < Attempts)
            {
                // Something was changed while the list was told: another one may have been passed over for it.
            }
        }
    }

    private static LinkInfo ReadLink(NetlinkMessage message)
    {
        struct_ifinfomsg header = message.Header<struct_ifinfomsg>();
        LinkInfo link = new()
        {
            Index = header.ifi_index,
            Name = "",
            IsUp = (header.ifi_flags & IFF_UP) != 0,
            HasCarrier = (header.ifi_flags & IFF_LOWER_UP) != 0,
        };
        foreach (NetlinkAttribute attribute in message.Attributes<struct_ifinfomsg>())
        {
            link = attribute.Type switch
            {
                IFLA_IFNAME => link with { Name = attribute.Text },
                IFLA_ADDRESS => link with { Address = MacAddress.Read(attribute.Payload) },
                IFLA_MTU => link with { Mtu = (int)attribute.UInt32 },
                IFLA_MASTER => link with { Master = (int)attribute.UInt32 },
                IFLA_LINK => link with { Parent = (int)attribute.UInt32 },
                IFLA_LINK_NETNSID => link with { ParentNamespace = (int)attribute.UInt32 },
                IFLA_IFALIAS => link with { Alias = attribute.Text },
                IFLA_LINKINFO => link with { Kind = ReadKind(attribute) },
                IFLA_STATS64 => link with { Statistics = ReadStatistics(attribute.Read<rtnl_link_stats64>()) },
                _ => link,
            };
        }

        return link;
    }

    private static string? ReadKind(NetlinkAttribute information)
    {
        foreach (NetlinkAttribute attribute in information.Nested)
        {
            if (attribute.Type == IFLA_INFO_KIND)
            {
                return attribute.Text;
            }
        }

        return null;
    }

    private static LinkStatistics ReadStatistics(in rtnl_link_stats64 counters) => new(
        counters.rx_bytes, counters.rx_packets, counters.rx_errors, counters.rx_dropped,
        counters.tx_bytes, counters.tx_packets, counters.tx_errors, counters.tx_dropped);

    private static RouteInfo ReadRoute(NetlinkMessage message, in struct_rtmsg header)
    {
        RouteInfo route = new(
            new InternetAddress(0, header.rtm_family == Socket.AF_INET6), header.rtm_dst_len, null, 0, 0, header.rtm_table, header.rtm_type);
        foreach (NetlinkAttribute attribute in message.Attributes<struct_rtmsg>())
        {
            route = attribute.Type switch
            {
                RTA_DST => route with { Destination = InternetAddress.Read(attribute.Payload) ?? route.Destination },
                RTA_GATEWAY => route with { Gateway = InternetAddress.Read(attribute.Payload) },
                RTA_OIF => route with { Link = (int)attribute.UInt32 },
                RTA_PRIORITY => route with { Metric = (int)attribute.UInt32 },
                RTA_TABLE => route with { Table = (int)attribute.UInt32 },
                _ => route,
            };
        }

        return route;
    }
}
