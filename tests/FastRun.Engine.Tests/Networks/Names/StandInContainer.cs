using System;
using System.Diagnostics;
using System.Globalization;
using System.Linq;
using System.Net;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Leases;
using FastRun.Engine.Networks.Names;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Tests.Networks.Names;

/// <summary>What a container is to the name server: a network namespace, a process in it, leases.</summary>
internal sealed class StandInContainer : IDisposable
{
    private readonly StateLayout _layout;
    private readonly NetworkLease[] _leases;
    private readonly Process _process;

    private StandInContainer(StateLayout layout, string id, Fd networkNamespace, Process process, NetworkLease[] leases)
    {
        _layout = layout;
        Id = id;
        Namespace = networkNamespace;
        _process = process;
        _leases = leases;
    }

    internal string Id { get; }

    internal Fd Namespace { get; }

    internal int Pid => _process.Id;

    /// <summary>Its address in a network, by the order of the networks.</summary>
    internal IPAddress Address(int network = 0) => _leases[network].IPv4!;

    /// <summary>Makes one in networks that are there.</summary>
    internal static StandInContainer Start(StateLayout layout, Network[] networks, string name, params string[] aliases)
    {
        Span<byte> random = stackalloc byte[32];
        RandomBytes.Fill(random);
        return StartAgain(layout, networks, Convert.ToHexStringLower(random), name, aliases);
    }

    /// <summary>As <see cref="Start"/>, of a container that has run before.</summary>
    internal static StandInContainer StartAgain(StateLayout layout, Network[] networks, string id, string name, params string[] aliases)
    {
        NetworkLease[] leases = [.. networks.Select(network => NetworkLease.Claim(layout, network))];
        for (int i = 0; i < leases.Length; i++)
        {
            leases[i].Publish(new LeaseRecord
            {
                NetworkId = networks[i].Id,
                NetworkName = networks[i].Name,
                ContainerId = id,
                ContainerName = name,
                Aliases = aliases,
                IPv4 = leases[i].IPv4,
                IPv6 = leases[i].IPv6,
                Owner = ProcessInstance.Current,
            });
        }

        Fd networkNamespace = NetworkNamespace.Create();
        using (NetworkNamespace.Enter(networkNamespace))
        {
            using NetlinkSocket socket = NetlinkSocket.Open(NetlinkProtocol.Route);
            using RouteBatch batch = new();
            batch.SetLink(LinkReference.Loopback, new LinkChange { Up = true });
            batch.Send(socket);
            return new StandInContainer(layout, id, networkNamespace, Process.Start("sleep", "3600"), leases);
        }
    }

    /// <summary>Its resolver, handed over to the name server that runs.</summary>
    internal void HandOver(string[]? servers = null, string[]? links = null)
    {
        using ContainerResolver resolver = ContainerResolver.Open(_layout, Id, Namespace, isNew: false, servers ?? [], links ?? []);
        using Fd process = new ProcessInstance(Pid, ProcessInstance.Of(Pid).StartTime).TryOpen()!;
        resolver.HandOver(Pid, process);
    }

    /// <summary>What dig prints, which asks once and is patient.</summary>
    internal string Dig(params string[] arguments) => Run("dig", ["@127.0.0.11", "+tries=1", "+time=60", .. arguments]);

    /// <summary>The answers of another server.</summary>
    internal string Ask(string server, params string[] arguments) =>
        Run("dig", ["@" + server, "+tries=1", "+time=60", "+short", .. arguments]);

    /// <summary>What a program prints in its network.</summary>
    internal string Run(string program, params string[] arguments)
    {
        ProcessStartInfo start = new(program, arguments) { RedirectStandardOutput = true };
        Process process;
        using (NetworkNamespace.Enter(Namespace))
        {
            process = Process.Start(start)!;
        }

        using (process)
        {
            string output = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return output.Trim();
        }
    }

    /// <summary>The answers alone, a line each, in order.</summary>
    internal string Short(params string[] arguments) =>
        string.Join(' ', Dig(["+short", .. arguments]).Split('\n').Order(StringComparer.Ordinal));

    /// <summary>How a query went, as dig calls it: NOERROR, SERVFAIL.</summary>
    internal string Status(params string[] arguments)
    {
        string output = Dig(["+noall", "+comments", .. arguments]);
        int at = output.IndexOf("status: ", StringComparison.Ordinal);
        return at < 0 ? output : output[(at + 8)..output.IndexOf(',', at)];
    }

    /// <summary>Gives its addresses back, while it goes on.</summary>
    internal void Disconnect(int network) => _leases[network].Release();

    /// <summary>Ends its process.</summary>
    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        Kill();
        _process.Dispose();
        Namespace.Dispose();
        Array.ForEach(_leases, static lease => lease.Release());
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Id[..12]} {Pid}");
}
