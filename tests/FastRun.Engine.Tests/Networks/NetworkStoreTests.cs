using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Addresses;
using FastRun.Layers;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Networks;

public sealed class NetworkStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-networks-").FullName;
    private readonly StateLayout _layout;
    private readonly NetworkStore _store;

    public NetworkStoreTests()
    {
        _layout = new StateLayout(Path.Combine(_directory, "data"), Path.Combine(_directory, "run"));
        _store = new NetworkStore(_layout);
    }

    public void Dispose() => TreeRemoval.Delete(null, _directory);

    [Fact]
    public void Create_IsFoundByNameIdAndPrefix()
    {
        Network made = _store.Create(new NetworkCreateRequest
        {
            Name = "app",
            Internal = true,
            Labels = new Dictionary<string, string> { ["owner"] = "ci" },
        });
        Assert.Equal(64, made.Id.Length);
        Assert.Equal("fr-" + made.Id[..8], made.Interface);
        foreach (string name in new[] { "app", made.Id, made.Id[..12] })
        {
            Network found = _store.Find(name);
            Assert.Equal((made.Id, "app", true, "ci"), (found.Id, found.Name, found.Internal, found.Labels["owner"]));
            Assert.Equal(made.IPv4, found.IPv4);
        }

        Assert.Equal(made.IPv4!.Value.At(1), made.Gateway(isIPv6: false));
        Assert.Null(made.IPv6);
    }

    [Fact]
    public void List_BeginsWithThoseThatAreBuiltIn()
    {
        Create("zoo");
        Create("app");
        Assert.Equal(["bridge", "host", "none", "app", "zoo"], _store.List().Select(static network => network.Name));
        Assert.Equal(_store.Bridge().Id, _store.Find("bridge").Id);
        Assert.False(_store.Bridge().ResolvesNames);
        Assert.True(_store.Find("app").ResolvesNames);
        Assert.Equal("null", _store.Find("none").Driver);
    }

    [Fact]
    public void Create_TakenName_IsRefused()
    {
        Create("app");
        EngineException failure = Assert.Throws<EngineException>(() => Create("app"));
        Assert.Equal((ErrorKind.Conflict, "network with name app already exists"), (failure.Kind, failure.Message));
    }

    [Fact]
    public void Create_FromManyThreads_NeitherNamesNorSubnetsMeet()
    {
        Parallel.For(0, 24, new ParallelOptions { MaxDegreeOfParallelism = 6 }, i =>
        {
            try
            {
                new NetworkStore(_layout).Create(new NetworkCreateRequest { Name = $"n{i / 2}", EnableIPv6 = i % 4 < 2 });
            }
            catch (EngineException exception) when (exception.Kind == ErrorKind.Conflict)
            {
            }
        });
        List<Network> made = _store.List().FindAll(static network => !BuiltInNetworks.Contains(network.Name));
        Assert.Equal(12, made.Count);
        Assert.Equal(12, made.Select(static network => network.IPv4).Distinct().Count());
    }

    [Fact]
    public void Create_OverlappingSubnet_IsRefused()
    {
        Create("app", "10.9.0.0/16");
        EngineException failure = Assert.Throws<EngineException>(() => Create("other", "10.9.3.0/24"));
        Assert.Equal("invalid pool request: Pool overlaps with other one on this address space", failure.Message);
        Assert.DoesNotContain(_store.List(), static network => network.Name == "other");
    }

    [Theory]
    [InlineData("bridge", "operation is not permitted on predefined bridge network")]
    [InlineData("host", "operation is not permitted on predefined host network")]
    [InlineData("", "invalid network name '': only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")]
    [InlineData("a/b", "invalid network name 'a/b': only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")]
    [InlineData("..", "invalid network name '..': only [a-zA-Z0-9][a-zA-Z0-9_.-] are allowed")]
    public void Create_BadName_IsRefused(string name, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => Create(name)).Message);

    [Theory]
    [InlineData("10.9.0.0/33", "", "", "invalid subnet 10.9.0.0/33: invalid CIDR block notation")]
    [InlineData("10.9.0.5/24", "", "", "invalid subnet 10.9.0.5/24: it should be 10.9.0.0/24")]
    [InlineData("10.9.0.0/31", "", "", "invalid subnet 10.9.0.0/31: it has no room for containers")]
    [InlineData("10.9.0.0/24", "10.8.0.1", "", "invalid gateway 10.8.0.1: parent subnet 10.9.0.0/24 doesn't contain this address")]
    [InlineData("10.9.0.0/24", "fd00::1", "", "invalid gateway fd00::1: parent subnet 10.9.0.0/24 doesn't contain this address")]
    [InlineData("10.9.0.0/24", "x", "", "invalid gateway x: invalid address")]
    [InlineData("10.9.0.0/24", "", "10.9.0.0/16", "invalid ip-range 10.9.0.0/16: CIDR block is bigger than its parent subnet 10.9.0.0/24")]
    [InlineData("10.9.0.0/24", "", "10.8.0.0/25", "invalid ip-range 10.8.0.0/25: parent subnet 10.9.0.0/24 doesn't contain ip-range")]
    [InlineData("fd00::/64", "", "", "invalid subnet fd00::/64: IPv6 is not enabled: add --ipv6")]
    public void Create_BadSubnet_IsRefused(string subnet, string gateway, string range, string message)
    {
        EngineException failure = Assert.Throws<EngineException>(() => _store.Create(new NetworkCreateRequest
        {
            Name = "app",
            Subnets = [new NetworkSubnet { Subnet = subnet, Gateway = gateway, IPRange = range }],
        }));
        Assert.Equal("invalid network config: " + message, failure.Message);
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
    }

    [Fact]
    public void Find_Unknown_IsNotFound()
    {
        EngineException failure = Assert.Throws<EngineException>(() => _store.Find("app"));
        Assert.Equal((ErrorKind.NotFound, "network app not found"), (failure.Kind, failure.Message));
        Assert.Equal("network ../x not found", Assert.Throws<EngineException>(() => _store.Find("../x")).Message);
    }

    [Fact]
    public void Find_PrefixOfTwo_IsAmbiguous()
    {
        // Seventeen networks: two ids begin with the same digit.
        HashSet<char> first = [];
        string? shared = null;
        for (int i = 0; i < 17; i++)
        {
            string id = Create($"net-{i}").Id;
            shared ??= first.Add(id[0]) ? null : id[..1];
        }

        EngineException failure = Assert.Throws<EngineException>(() => _store.Find(shared!));
        Assert.Equal(ErrorKind.InvalidArgument, failure.Kind);
        Assert.StartsWith($"network {shared} is ambiguous (", failure.Message);
    }

    [Fact]
    public void Remove_FreesNameAndSubnet()
    {
        Network made = Create("app", "10.9.0.0/24");
        _store.Remove(made, static () => { });
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => _store.Find("app")).Kind);
        Assert.NotEqual(made.Id, Create("app", "10.9.0.0/24").Id);
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => _store.Remove(made, static () => { })).Kind);
        Assert.Equal(
            "bridge is a pre-defined network and cannot be removed",
            Assert.Throws<EngineException>(() => _store.Remove(_store.Bridge(), static () => { })).Message);
    }

    [Fact]
    public void Remove_InUse_LeavesIt()
    {
        Network made = Create("app");
        Assert.Throws<EngineException>(() => _store.Remove(made, static () => throw EngineException.Invalid("in use")));
        Assert.Equal(made.Id, _store.Find("app").Id);
    }

    [Fact]
    public void KilledCommands_LeaveNamesThatAreFree()
    {
        Network made = Create("app");
        File.Delete(Path.Combine(_layout.Networks, made.Id + ".json"));
        Assert.Throws<EngineException>(() => _store.Find("app"));
        Network again = Create("app");
        Assert.Equal(again.Id, _store.Find("app").Id);

        File.Delete(Path.Combine(_layout.Networks, again.Id + ".json"));
        Create("kept");
        _store.Sweep();
        Assert.Equal(["kept"], Directory.GetFileSystemEntries(_layout.NetworkNames).Select(Path.GetFileName));
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("{\"schemaVersion\":99}")]
    [InlineData("not json")]
    public void Find_DamagedRecord_IsNamed(string content)
    {
        Network made = Create("app");
        File.WriteAllText(Path.Combine(_layout.Networks, made.Id + ".json"), content);
        EngineException failure = Assert.Throws<EngineException>(() => _store.Find("app"));
        Assert.True(failure.Kind is ErrorKind.CorruptContent or ErrorKind.Unsupported);
        Assert.Contains(made.Id, failure.Message);
    }

    private Network Create(string name, string? subnet = null) => _store.Create(new NetworkCreateRequest
    {
        Name = name,
        Subnets = subnet is null ? [] : [new NetworkSubnet { Subnet = subnet }],
    });
}
