using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Threading.Tasks;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.Networks.Leases;
using FastRun.Layers;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;

namespace FastRun.Engine.Tests.Networks.Leases;

public sealed class NetworkLeaseTests : IDisposable
{
    private static readonly string s_id = new('a', 64);

    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-leases-").FullName;
    private readonly StateLayout _layout;

    public NetworkLeaseTests() => _layout = new StateLayout(Path.Combine(_directory, "data"), Path.Combine(_directory, "run"));

    public void Dispose() => TreeRemoval.Delete(null, _directory);

    [Fact]
    public void Claim_TakesTheLowestThatIsFree()
    {
        using NetworkLease first = Claim("10.9.0.0/29");
        using NetworkLease second = Claim("10.9.0.0/29");
        Assert.Equal("10.9.0.2", first.IPv4!.ToString());
        Assert.Equal("10.9.0.3", second.IPv4!.ToString());
        first.Release();
        using NetworkLease third = Claim("10.9.0.0/29");
        Assert.Equal("10.9.0.2", third.IPv4!.ToString());
        Assert.Empty(third.Stale);
    }

    [Fact]
    public void Claim_AllTaken_SaysSo()
    {
        // Of eight: the block's own, the gateway's, and the broadcast are nobody's.
        List<NetworkLease> leases = [];
        for (int i = 0; i < 5; i++)
        {
            leases.Add(Claim("10.9.0.0/29"));
        }

        EngineException failure = Assert.Throws<EngineException>(() => Claim("10.9.0.0/29"));
        Assert.Equal(ErrorKind.ResourceExhausted, failure.Kind);
        Assert.Equal($"no available IPv4 addresses on this network's address pools: net ({s_id})", failure.Message);
        leases.ForEach(static lease => lease.Release());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_layout.RunningNetwork(s_id)));
    }

    [Fact]
    public void Claim_FromManyThreads_GivesEachItsOwn()
    {
        NetworkLease[] leases = new NetworkLease[60];
        Parallel.For(0, leases.Length, new ParallelOptions { MaxDegreeOfParallelism = 8 }, i => leases[i] = Claim("10.9.0.0/26"));
        HashSet<IPAddress> addresses = [];
        Assert.All(leases, lease => Assert.True(addresses.Add(lease.IPv4!)));
        Array.ForEach(leases, static lease => lease.Release());
    }

    [Fact]
    public void Claim_Address_IsThatOrNone()
    {
        using NetworkLease lease = Claim("10.9.0.0/24", IPAddress.Parse("10.9.0.77"));
        Assert.Equal("10.9.0.77", lease.IPv4!.ToString());
        EngineException taken = Assert.Throws<EngineException>(() => Claim("10.9.0.0/24", IPAddress.Parse("10.9.0.77")));
        Assert.Equal((ErrorKind.Conflict, "Address already in use"), (taken.Kind, taken.Message));
        EngineException gateway = Assert.Throws<EngineException>(() => Claim("10.9.0.0/24", IPAddress.Parse("10.9.0.1")));
        Assert.Equal(ErrorKind.Conflict, gateway.Kind);
        EngineException outside = Assert.Throws<EngineException>(() => Claim("10.9.0.0/24", IPAddress.Parse("10.9.1.2")));
        Assert.Equal("invalid endpoint settings: no configured subnet contains IP address 10.9.1.2", outside.Message);
    }

    [Fact]
    public void Claim_RangeAndAuxiliaryAddresses_AreKept()
    {
        Network network = Of(new NetworkSubnet
        {
            Subnet = "10.9.0.0/24",
            IPRange = "10.9.0.128/30",
            Gateway = "10.9.0.128",
            AuxAddresses = new Dictionary<string, string> { ["printer"] = "10.9.0.129" },
        });
        using NetworkLease first = NetworkLease.Claim(_layout, network);
        using NetworkLease second = NetworkLease.Claim(_layout, network);
        Assert.Equal(("10.9.0.130", "10.9.0.131"), (first.IPv4!.ToString(), second.IPv4!.ToString()));
        Assert.Throws<EngineException>(() => NetworkLease.Claim(_layout, network));

        // What is asked for may lie outside the range.
        using NetworkLease asked = NetworkLease.Claim(_layout, network, IPAddress.Parse("10.9.0.5"));
        Assert.Equal("10.9.0.5", asked.IPv4!.ToString());
    }

    [Fact]
    public void Claim_BothFamilies_OneFileSaysWhoseTheyAre()
    {
        Network network = Of(new NetworkSubnet { Subnet = "10.9.0.0/24" }, new NetworkSubnet { Subnet = "fd00:9::/64" }) with { EnableIPv6 = true };
        using NetworkLease lease = NetworkLease.Claim(_layout, network, ipv6: IPAddress.Parse("fd00:9::abcd"));
        Assert.Equal("fd00:9::abcd", lease.IPv6!.ToString());
        lease.Publish(Record(lease));
        LeaseRecord read = Assert.Single(NetworkLeases.Of(_layout, s_id));
        Assert.Equal((lease.IPv4, lease.IPv6), (read.IPv4, read.IPv6));
        Assert.Throws<EngineException>(() => NetworkLease.Claim(_layout, network, ipv6: IPAddress.Parse("fd00:9::abcd")));

        // The failed claim gave its IPv4 address back.
        Assert.Equal(2, Directory.GetFiles(_layout.RunningNetwork(s_id)).Length);
    }

    [Fact]
    public void Publish_ReadersFindIt_AndItsProcess()
    {
        using NetworkLease lease = Claim("10.9.0.0/24");
        Assert.Empty(NetworkLeases.All(_layout));
        lease.Publish(Record(lease));
        lease.NoteProcess(new ProcessInstance(4711, 99));
        LeaseRecord read = Assert.Single(NetworkLeases.All(_layout));
        Assert.Equal("web", read.ContainerName);
        Assert.Equal(["www", "api"], read.Aliases);
        Assert.Equal(["0.0.0.0:8080-80/tcp"], read.Ports);
        Assert.Equal(new ProcessInstance(4711, 99), read.Process);
        Assert.Equal(lease.IPv4, read.IPv4);
        lease.Release();
        Assert.Empty(NetworkLeases.All(_layout));
    }

    [Fact]
    public void Dispose_AsAfterAKill_LeavesWhatTheNextTakesOver()
    {
        NetworkLease killed = Claim("10.9.0.0/24");
        killed.Publish(Record(killed));
        killed.Dispose();
        Assert.Empty(NetworkLeases.All(_layout));

        using NetworkLease next = Claim("10.9.0.0/24");
        Assert.Equal("10.9.0.2", next.IPv4!.ToString());
        Assert.Equal("web", Assert.Single(next.Stale).ContainerName);
    }

    [Fact]
    public void RemoveStale_RemovesWhatNobodyHolds()
    {
        using NetworkLease held = Claim("10.9.0.0/24");
        held.Publish(Record(held));
        NetworkLease killed = Claim("10.9.0.0/24");
        killed.Publish(Record(killed) with { ContainerName = "killed" });
        killed.Dispose();
        Claim("10.9.0.0/24", IPAddress.Parse("10.9.0.9")).Dispose();

        List<string> removed = [];
        NetworkLeases.RemoveStale(_layout, s_id, lease => removed.Add(lease.ContainerName));
        Assert.Equal(["killed"], removed);
        Assert.Equal("10.9.0.2", Path.GetFileName(Assert.Single(Directory.GetFiles(_layout.RunningNetwork(s_id)))));
    }

    [Fact]
    public void Decode_HalfALease_IsNone()
    {
        using NetworkLease lease = Claim("10.9.0.0/24");
        byte[] whole = LeaseFormat.Encode(Record(lease));
        Assert.Equal("web", LeaseFormat.Decode(whole)!.ContainerName);
        for (int length = 0; length < whole.Length; length++)
        {
            Assert.Null(LeaseFormat.Decode(whole.AsSpan(0, length)));
        }

        whole[^1] ^= 1;
        Assert.Null(LeaseFormat.Decode(whole));
    }

    private static Network Of(params NetworkSubnet[] subnets) => new() { Id = s_id, Name = "net", Subnets = subnets };

    private static LeaseRecord Record(NetworkLease lease) => new()
    {
        NetworkId = s_id,
        NetworkName = "net",
        ContainerId = new string('c', 64),
        ContainerName = "web",
        HostName = "cccccccccccc",
        Aliases = ["www", "api"],
        IPv4 = lease.IPv4,
        IPv6 = lease.IPv6,
        Ports = ["0.0.0.0:8080-80/tcp"],
        Owner = ProcessInstance.Current,
    };

    private NetworkLease Claim(string subnet, IPAddress? address = null) =>
        NetworkLease.Claim(_layout, Of(new NetworkSubnet { Subnet = subnet }), address);
}
