using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Native.Sockets;
using Microsoft.AspNetCore.Connections;

namespace FastRun.Daemon;

/// <summary>Everything that a daemon listens at: sockets of this machine, whose files say who may come, and TCP, where TLS does.</summary>
internal sealed class DaemonSockets : IDisposable
{
    private readonly List<OwnSocket> _own = [];
    private readonly List<EndPoint> _local = [];
    private readonly List<EndPoint> _remote = [];
    private readonly List<string> _names = [];

    private DaemonSockets()
    {
    }

    /// <summary>Unix sockets.</summary>
    internal IReadOnlyList<EndPoint> Local => _local;

    /// <summary>What they are called.</summary>
    internal IReadOnlyList<string> LocalNames => _names;

    /// <summary>Addresses, and sockets of TCP that were inherited.</summary>
    internal IReadOnlyList<EndPoint> Remote => _remote;

    /// <summary>Opens them.</summary>
    /// <param name="options">Which, and for whom.</param>
    /// <param name="warn">Takes a line for each that anybody can use.</param>
    /// <exception cref="EngineException">One is another daemon's, cannot be had, or would let anybody in.</exception>
    internal static DaemonSockets Open(DaemonOptions options, Action<string> warn)
    {
        DaemonSockets sockets = new();
        try
        {
            IReadOnlyList<int>? inherited = null;
            foreach (DaemonAddress address in options.Addresses)
            {
                if (address.SocketPath is { } path)
                {
                    OwnSocket own = OwnSocket.Listen(path, options.Group);
                    sockets._own.Add(own);
                    sockets.AddLocal(own.Number, address.ToString());
                }
                else if (address.Internet is { } internet)
                {
                    sockets.AddRemote(internet, address.ToString(), options, warn);
                }
                else
                {
                    inherited ??= InheritedSockets.Find();
                    sockets.AddInherited(address.Choose(inherited), options, warn);
                }
            }

            if (options.Tls is not null && sockets._remote.Count == 0)
            {
                throw EngineException.Invalid("--tlsverify is for tcp:// addresses, of which there is none");
            }

            return sockets;
        }
        catch
        {
            sockets.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (OwnSocket own in _own)
        {
            own.Dispose();
        }
    }

    private void AddInherited(IReadOnlyList<int> numbers, DaemonOptions options, Action<string> warn)
    {
        foreach (int number in numbers)
        {
            if (ListeningSocket.Is(number, out bool isInternet) && isInternet)
            {
                AddRemote(new FileHandleEndPoint((ulong)number, FileHandleType.Auto), $"fd://{number}", options, warn);
            }
            else
            {
                AddLocal(number, $"fd://{number}");
            }
        }
    }

    private void AddLocal(int number, string name)
    {
        _local.Add(new FileHandleEndPoint((ulong)number, FileHandleType.Auto));
        _names.Add(name);
    }

    private void AddRemote(EndPoint endpoint, string name, DaemonOptions options, Action<string> warn)
    {
        if (options.Tls is null && !options.AllowPlain)
        {
            throw new EngineException(
                ErrorKind.InvalidArgument,
                $"{name}: refused: whoever can reach it would be root on this machine",
                hint: "give --tlsverify with --tlscacert, --tlscert and --tlskey, or say --allow-plain-tcp");
        }

        if (options.Tls is null)
        {
            warn($"WARNING: {name}: whoever can reach it is root on this machine (--allow-plain-tcp)");
        }

        _remote.Add(endpoint);
    }
}
