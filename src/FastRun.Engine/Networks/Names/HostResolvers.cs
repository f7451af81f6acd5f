using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Sockets;

namespace FastRun.Engine.Networks.Names;

/// <summary>The servers that the host asks, as its resolv.conf has them now: they change where a laptop does its network.</summary>
internal sealed class HostResolvers(string path = ResolverConfiguration.HostFile)
{
    private const int Interval = 1000;

    private List<UpstreamServer> _servers = [];
    private (ulong, FileTime, long) _seen;
    private long _looked = long.MinValue / 2;

    /// <summary>The servers, in their order. They are asked from the host's network, where systemd-resolved's stub answers too.</summary>
    internal IReadOnlyList<UpstreamServer> Servers()
    {
        long now = Environment.TickCount64;
        if (now - _looked < Interval)
        {
            return _servers;
        }

        _looked = now;
        FileAt.TryStat(null, path, out FileStatus link);
        using Fd? file = FileAt.TryOpen(null, path, OpenFlags.PathOnly, 0, ResolveFlags.None, out _);
        FileStatus status = file is null ? link : FileAt.Stat(file);
        (ulong, FileTime, long) seen = (status.Inode, status.Modified, status.Size);
        if (seen != _seen)
        {
            _seen = seen;
            _servers = [];
            foreach (IPAddress server in ResolverConfiguration.Parse(ResolverConfiguration.ReadText(path)).Servers)
            {
                _servers.Add(new UpstreamServer(new SocketEndpoint(server, UpstreamServer.Port), null));
            }
        }

        return _servers;
    }
}
