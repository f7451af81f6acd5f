using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Net;
using System.Text;
using System.Text.Json;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.Networks.Leases;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks;

/// <summary>
/// The networks on disk: <c>networks/&lt;id&gt;.json</c>, and a symbolic link for each name. Reading takes no lock; who makes or
/// removes one holds <c>networks/_lock</c>. The link comes first and goes last, so that what a kill leaves is a name that leads
/// nowhere, which is free.
/// </summary>
public sealed class NetworkStore(StateLayout layout)
{
    private const int LargestRecord = 1 << 20;
    private const int OwnerOnly = 0b_111_000_000;
    private const int SeedBytes = 32;
    private const string Extension = ".json";

    private static readonly SearchValues<char> s_hexDigits = SearchValues.Create("0123456789abcdef");

    /// <summary>All networks, those that are built in first, the others by name.</summary>
    /// <exception cref="EngineException">A record cannot be read.</exception>
    public List<Network> List() => EngineErrors.Translated<List<Network>>(() =>
    {
        List<Network> all = ReadAll();
        all.Sort(static (a, b) => string.CompareOrdinal(a.Name, b.Name));
        return [Bridge(), .. BuiltInNetworks.Fixed, .. all.FindAll(static network => network.Name != BuiltInNetworks.Bridge)];
    });

    /// <summary>The network that a user names: by its name, its whole id, or the only id that starts so.</summary>
    /// <exception cref="EngineException">There is none, or more than one.</exception>
    public Network Find(string nameOrId) => EngineErrors.Translated(() =>
    {
        if (TryFindByName(nameOrId) is { } named)
        {
            return named;
        }

        List<Network> found = [];
        foreach (Network network in IsHex(nameOrId) ? List() : [])
        {
            if (network.Id == nameOrId)
            {
                return network;
            }

            if (network.Id.StartsWith(nameOrId, StringComparison.Ordinal))
            {
                found.Add(network);
            }
        }

        return found.Count switch
        {
            1 => found[0],
            0 => throw NotFound(nameOrId),
            _ => throw EngineException.Invalid(string.Create(
                CultureInfo.InvariantCulture, $"network {nameOrId} is ambiguous ({found.Count} matches found based on ID prefix)")),
        };
    });

    /// <summary>As <see cref="Find"/>; null where there is none, or more than one.</summary>
    internal Network? TryFind(string nameOrId)
    {
        try
        {
            return Find(nameOrId);
        }
        catch (EngineException exception) when (exception.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument)
        {
            return null;
        }
    }

    /// <summary>A network by its name; null where there is none.</summary>
    internal Network? TryFindByName(string name)
    {
        foreach (Network network in BuiltInNetworks.Fixed)
        {
            if (network.Name == name)
            {
                return network;
            }
        }

        return name == BuiltInNetworks.Bridge ? Bridge()
            : TryReadName(name) is { } id && TryRead(id) is { } found && found.Name == name ? found
            : null;
    }

    /// <summary>The id that a name leads to; null where it leads nowhere. The record of that id tells whether it is so.</summary>
    internal string? TryReadName(string name) =>
        NetworkValidation.IsName(name) && FileAt.TryReadLink(null, NameLink(name), out byte[] target) == Errno.None
        && Encoding.UTF8.GetString(target) is var id && Sandbox.IsId(id) ? id : null;

    /// <summary>A network by its whole id; null where there is none, or where it makes no bridge.</summary>
    /// <exception cref="EngineException">Its record cannot be read.</exception>
    internal Network? TryRead(string id)
    {
        string path = RecordOf(id);
        if (FileContent.TryReadAll(null, path, LargestRecord) is not { } bytes)
        {
            return null;
        }

        try
        {
            if (NetworkJson.Decode(bytes) is { SchemaVersion: Network.CurrentSchema } network
                && network.Id == id)
            {
                return network;
            }
        }
        catch (JsonException exception)
        {
            throw new EngineException(ErrorKind.CorruptContent, $"network {id}: {path} cannot be read", exception);
        }

        throw new EngineException(ErrorKind.Unsupported, $"network {id}: {path} is of another version of fastrun");
    }

    /// <summary>Makes a network.</summary>
    /// <exception cref="EngineException">A value is invalid, the name is taken, or its subnet is.</exception>
    public Network Create(NetworkCreateRequest request) => EngineErrors.Translated(() =>
    {
        request = request.Driver.Length == 0 ? request with { Driver = Network.BridgeDriver } : request;
        NetworkValidation.Check(request);
        return Make(request, request.Driver == Network.BridgeDriver
            ? BridgeDriverOptions.Parse(request.Options).Interface
            : SubinterfaceOptions.Parse(request.Driver, request.Options).Parent);
    });

    /// <summary>The network <c>bridge</c>, which is made when it is first asked for: only then its subnet is chosen.</summary>
    internal Network Bridge() =>
        TryReadName(BuiltInNetworks.Bridge) is { } id && TryRead(id) is { } network
            ? network
            : Make(new NetworkCreateRequest { Name = BuiltInNetworks.Bridge }, EngineInstance.IsDefault(layout) ? "fastrun0" : null);

    /// <summary>Removes a network's record and name.</summary>
    /// <param name="network">The network.</param>
    /// <param name="prepare">Takes what the network has on the host away, and throws where somebody uses it; called while nobody makes or removes one.</param>
    /// <exception cref="EngineException">It is built in, or gone, or in use.</exception>
    internal void Remove(Network network, Action prepare)
    {
        if (BuiltInNetworks.Contains(network.Name))
        {
            throw new EngineException(ErrorKind.PermissionDenied, $"{network.Name} is a pre-defined network and cannot be removed");
        }

        using FileLock turn = TakeTurn();
        if (TryRead(network.Id) is null)
        {
            throw NotFound(network.Name);
        }

        prepare();
        FileAt.Unlink(null, RecordOf(network.Id));
        using (Fd directory = FileAt.Open(null, layout.Networks, OpenFlags.Read | OpenFlags.Directory))
        {
            FileContent.Sync(directory);
        }

        FileAt.TryUnlink(null, NameLink(network.Name));
    }

    /// <summary>Removes the names of networks that are gone, and halves of files, which killed commands left.</summary>
    internal void Sweep()
    {
        if (FileAt.TryStat(null, layout.NetworkNames, out _) != Errno.None)
        {
            return;
        }

        using FileLock turn = TakeTurn();
        RemoveTemporary(layout.Networks);
        foreach (string id in NetworkLeases.Networks(layout))
        {
            RemoveTemporary(layout.RunningNetwork(id));
        }

        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.NetworkNames))
        {
            if (TryReadName(entry.Text) is not { } id || FileAt.TryStat(null, RecordOf(id), out _) == Errno.ENOENT)
            {
                FileAt.TryUnlink(null, Path.Combine(layout.NetworkNames, entry.Text));
            }
        }
    }

    /// <summary>Whether there is a network of an id.</summary>
    internal bool Exists(string id) => FileAt.TryStat(null, RecordOf(id), out _) == Errno.None;

    internal static EngineException NotFound(string name) => new(ErrorKind.NotFound, $"network {name} not found");

    private Network Make(NetworkCreateRequest request, string? interfaceName)
    {
        FileCreationMask.Clear();
        using FileLock turn = TakeTurn();
        if (TryReadName(request.Name) is { } taken && TryRead(taken) is { } there && there.Name == request.Name)
        {
            // The built-in one is what was asked for.
            return request.Name == BuiltInNetworks.Bridge ? there : throw new EngineException(
                ErrorKind.Conflict, $"network with name {request.Name} already exists");
        }

        string id = RandomBytes.NewId();
        bool leadsNowhere = request.Driver != Network.BridgeDriver && interfaceName is null;
        Network network = new()
        {
            Id = id,
            Name = request.Name,
            CreatedAt = DateTimeOffset.UtcNow,
            Driver = request.Driver,
            Internal = request.Internal || leadsNowhere,
            Attachable = request.Attachable,
            EnableIPv4 = request.EnableIPv4,
            EnableIPv6 = request.EnableIPv6,
            Subnets = ChooseSubnets(request),
            HasOwnSubnets = request.Subnets.Count > 0,
            Labels = request.Labels,
            Options = request.Options,
            Interface = interfaceName ?? (leadsNowhere ? "dm-" + id[..12] : "fr-" + id[..8]),
        };
        Write(network);
        return network;
    }

    private void Write(Network network)
    {
        FileAt.MakeDirectories(null, layout.NetworkNames, OwnerOnly);

        // What a name led to that is there already is gone.
        AtomicLink.Write(NameLink(network.Name), network.Id);
        AtomicFile.Write(RecordOf(network.Id), NetworkJson.Encode(network));
    }

    private List<NetworkSubnet> ChooseSubnets(NetworkCreateRequest request)
    {
        List<Subnet> others = [];
        foreach (Network network in ReadAll())
        {
            others.AddRange([.. network.IPv4 is { } four ? [four] : Array.Empty<Subnet>(), .. network.IPv6 is { } six ? [six] : Array.Empty<Subnet>()]);
        }

        List<NetworkSubnet> chosen = [];
        foreach (bool isIPv6 in new[] { false, true })
        {
            if (isIPv6 ? request.EnableIPv6 : request.EnableIPv4)
            {
                chosen.Add(ChooseSubnet(request, isIPv6, others));
            }
        }

        return chosen;
    }

    private static NetworkSubnet ChooseSubnet(NetworkCreateRequest request, bool isIPv6, List<Subnet> others)
    {
        foreach (NetworkSubnet config in request.Subnets)
        {
            if (Subnet.TryParse(config.Subnet, out Subnet asked, out _) && asked.IsIPv6 == isIPv6)
            {
                if (SubnetPool.OverlapsAny(asked, others))
                {
                    throw new EngineException(
                        ErrorKind.Conflict, "invalid pool request: Pool overlaps with other one on this address space");
                }

                return config.Gateway.Length > 0 ? config : config with { Gateway = FirstOf(asked, config.IPRange).ToString() };
            }
        }

        Subnet subnet = Pools().Choose(isIPv6, [.. others, .. HostRoutes.Read()]);
        return new NetworkSubnet { Subnet = subnet.ToString(), Gateway = subnet.At(1).ToString() };
    }

    /// <summary>The first address that a host can have, of the range where one is given: the gateway's, as in Docker.</summary>
    private static IPAddress FirstOf(Subnet subnet, string range)
    {
        IPAddress first = Subnet.TryParse(range, out Subnet part, out _) ? part.At(0) : subnet.At(0);
        return subnet.IndexOf(first) == 0 ? subnet.At(1) : first;
    }

    /// <summary>Pools that are configured go first. Prefixes of IPv6 are this machine's own.</summary>
    private static SubnetPool Pools()
    {
        List<AddressBlock> blocks = [.. NetworkConfiguration.AddressPools(), .. SubnetPool.Defaults];
        Span<byte> seed = stackalloc byte[SeedBytes];
        RandomBytes.Fill(seed);
        blocks.Add(SubnetPool.UniqueLocal(seed));
        return new SubnetPool(blocks);
    }

    private List<Network> ReadAll()
    {
        List<Network> all = [];
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.Networks))
        {
            if (entry.Text.EndsWith(Extension, StringComparison.Ordinal) && Sandbox.IsId(entry.Text[..^Extension.Length])
                && TryRead(entry.Text[..^Extension.Length]) is { } network)
            {
                all.Add(network);
            }
        }

        return all;
    }

    /// <summary>All temporary files in these directories are made by who has the turn.</summary>
    private static void RemoveTemporary(string directory)
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, directory))
        {
            if (entry.Text.StartsWith(AtomicFile.TemporaryPrefix, StringComparison.Ordinal))
            {
                FileAt.TryUnlink(null, Path.Combine(directory, entry.Text));
            }
        }
    }

    private FileLock TakeTurn()
    {
        FileAt.MakeDirectories(null, layout.Networks, OwnerOnly);
        return FileLock.Acquire(null, layout.NetworksLock, FileLockMode.Exclusive);
    }

    private static bool IsHex(string text) => text.Length > 0 && !text.AsSpan().ContainsAnyExcept(s_hexDigits);

    private string NameLink(string name) => Path.Combine(layout.NetworkNames, name);

    private string RecordOf(string id) => Path.Combine(layout.Networks, id + Extension);
}
