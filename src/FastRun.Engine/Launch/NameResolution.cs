using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Text;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Links;
using FastRun.Engine.Networks.Names;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Launch;

/// <summary>
/// How a container that is started finds others by name, and itself: /etc/hosts, /etc/hostname and /etc/resolv.conf, its resolver
/// where its networks have names, and the variables of its links.
/// </summary>
internal sealed class NameResolution
{
    private const int Largest = 1 << 20;

    private readonly StateLayout _layout;
    private readonly ContainerCreateRequest _request;
    private readonly ContainerIdentity _container;
    private readonly RunResources _owned;
    private List<IPAddress> _addresses = [];
    private ContainerResolver? _resolver;
    private Fd? _notes;
    private bool _hasResolver;
    private LinkWatch? _links;

    private NameResolution(StateLayout layout, ContainerCreateRequest request, ContainerIdentity container, RunResources owned) =>
        (_layout, _request, _container, _owned) = (layout, request, container, owned);

    /// <summary>The container's host name.</summary>
    internal required string HostName { get; init; }

    /// <summary>The same with its domain.</summary>
    private string WholeName => _request.Domainname is { } domain ? $"{HostName}.{domain}" : HostName;

    /// <summary>The text of /etc/hosts.</summary>
    internal string Hosts { get; private set; } = "";

    /// <summary>The text of /etc/resolv.conf.</summary>
    internal string ResolvConf { get; private set; } = "";

    /// <summary>The variables of its links; what the image or the request sets goes before them.</summary>
    internal List<string> Variables { get; } = [];

    /// <summary>Decides it, and opens the container's resolver.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="request">What the container asks for.</param>
    /// <param name="container">The container.</param>
    /// <param name="network">Its network; null for the modes <c>none</c> and <c>host</c>.</param>
    /// <param name="owned">Takes the resolver until it is handed over.</param>
    /// <exception cref="EngineException">A link cannot be made.</exception>
    internal static NameResolution Prepare(
        StateLayout layout, ContainerCreateRequest request, ContainerIdentity container, ContainerNetwork? network, RunResources owned)
    {
        if (network?.SharedWith is { } other)
        {
            string hostName = LaunchPlanner.HostNameOf(other.Record.Request, other.Id);
            return new NameResolution(layout, request, container, owned)
            {
                HostName = hostName,
                Hosts = ReadOf(other, "etc/hosts") ?? HostsFile.Of(hostName, [], [], [], null),
                ResolvConf = ReadOf(other, "etc/resolv.conf") ?? Launch.ResolvConf.Of(request),
            };
        }

        NameResolution names = new(layout, request, container, owned) { HostName = container.HostName };
        if (network is null)
        {
            names.Hosts = request.Network == BuiltInNetworks.Host
                ? HostsFile.OfHost(request.ExtraHosts)
                : HostsFile.Of(names.WholeName, [], request.ExtraHosts, [], null);
            names.ResolvConf = Launch.ResolvConf.Of(request);
        }
        else
        {
            names.Prepare(network);
        }

        return names;
    }

    /// <summary>Has a loop woken when the container asks for a name for the first time, or somebody that it is linked to may have moved.</summary>
    /// <returns>The entries; -1 where there is nothing to wait for.</returns>
    internal (int Questions, int Links) Watch(PollSet poll) => (_resolver?.Watch(poll) ?? -1, _links?.Watch(poll) ?? -1);

    /// <summary>Has the name server answer where the container has asked, and writes down where its links are.</summary>
    /// <param name="poll">The loop's descriptors.</param>
    /// <param name="entries">What <see cref="Watch"/> returned.</param>
    /// <param name="files">The container's files.</param>
    /// <param name="pid">Its first process.</param>
    /// <param name="process">A pidfd of it.</param>
    internal void Tend(PollSet poll, (int Questions, int Links) entries, SystemFiles files, int pid, Fd process)
    {
        if (entries.Questions >= 0 && _resolver is { } resolver && ContainerResolver.IsAsked(poll, entries.Questions))
        {
            _resolver = null;
            HandOver(resolver, pid, process);
        }

        if (entries.Links >= 0 && poll.Ready(entries.Links) != PollEvents.None)
        {
            FollowLinks(files);
        }
    }

    private void HandOver(ContainerResolver resolver, int pid, Fd process)
    {
        try
        {
            if (resolver.HandOver(pid, process) is { } notes)
            {
                _notes = _owned.Own(notes);
            }
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
        {
            // There is no room for its record: names are not answered, and the container goes on.
            resolver.Dispose();
        }
    }

    private void FollowLinks(SystemFiles files)
    {
        try
        {
            Dictionary<string, string> changes = _links!.Changes();
            if (changes.Count > 0)
            {
                string[] lines = files.Read("hosts").Split('\n');
                files.Write("hosts", string.Join('\n', Array.ConvertAll(lines, line => changes.GetValueOrDefault(line, line))));
            }
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
        {
            // The container has filled its own files, or the network is gone: its hosts file stays as it is.
        }
    }

    /// <summary>A link is no more: its line goes. The variables that the container was started with stay, as in Docker.</summary>
    internal void Unlink(string alias, SystemFiles files)
    {
        if (_links?.Remove(alias) is { } line)
        {
            files.Write("hosts", string.Join('\n', Array.FindAll(files.Read("hosts").Split('\n'), each => each != line)));
        }
    }

    /// <summary>What the name server noted of names that it refused.</summary>
    internal IReadOnlyList<string> EgressNotes() => Networks.Egress.EgressNotes.TryRead(_notes);

    /// <summary>A container that runs was connected to another network, or taken out of one.</summary>
    /// <param name="network">Its network as it is now.</param>
    /// <param name="files">Its files: lines of its own that it has added stay.</param>
    /// <exception cref="SyscallException">It cannot have a resolver.</exception>
    internal void Changed(ContainerNetwork network, SystemFiles files)
    {
        List<IPAddress> addresses = AddressesOf(network);
        StringBuilder hosts = new();
        foreach (string line in files.Read("hosts").Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!_addresses.Exists(address => !addresses.Contains(address) && line.StartsWith($"{address}\t", StringComparison.Ordinal)))
            {
                hosts.Append(line).Append('\n');
            }
        }

        List<IPAddress> added = addresses.FindAll(address => !_addresses.Contains(address));
        if (added.Count > 0)
        {
            HostsFile.AppendOwn(hosts, WholeName, added);
        }

        files.Write("hosts", hosts.ToString());
        _addresses = addresses;
        if (!_hasResolver && NeedsResolver(network, ResolverConfiguration.OfHost()))
        {
            string before = ResolvConf;
            Open(network, isNew: false);
            if (files.Read("resolv.conf") == before)
            {
                files.Write("resolv.conf", ResolvConf);
            }
        }
    }

    private void Prepare(ContainerNetwork network)
    {
        List<ContainerLink> links = [];
        if (_request.Links.Count > 0 && network.Endpoints[0].Network is { Name: BuiltInNetworks.Bridge } bridge)
        {
            string owner = _container.Name.Length > 0 ? _container.Name : ShortId.Of(_container.Id);
            _links = LinkWatch.TryOpen(_layout, bridge.Id);
            if (_links is not null)
            {
                _owned.Own(_links);
            }

            links = new LinkedContainers(_layout).OnBridge(_request.Links, owner, bridge.Id);
            _links?.Begin([.. links]);
            links.ForEach(link => Variables.AddRange(LinkEnvironment.Of(link, owner)));
        }

        _addresses = AddressesOf(network);
        Hosts = HostsFile.Of(WholeName, _addresses, _request.ExtraHosts, links, GatewayOf(network));
        ResolverConfiguration host = network.Cni?.Result?.Dns is { Servers.Count: > 0 } said ? said : ResolverConfiguration.OfHost();
        if (network.Cni is null && NeedsResolver(network, host))
        {
            Open(network, isNew: true);
            return;
        }

        bool hasIPv6 = _addresses.Exists(static address => address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6);
        ResolvConf = Launch.ResolvConf.OfBridge(_request, host, hasIPv6);
    }

    private bool NeedsResolver(ContainerNetwork network, ResolverConfiguration host)
    {
        foreach (NetworkEndpoint endpoint in network.Endpoints)
        {
            if (endpoint.Network.ResolvesNames)
            {
                return true;
            }
        }

        // Which names may be asked for is the name server's to say.
        return _request.Egress is not null || Launch.ResolvConf.NeedsNameServer(_request, host);
    }

    private void Open(ContainerNetwork network, bool isNew)
    {
        // The name server reaches systemd-resolved's stub, so the host's file says what it is.
        ResolverConfiguration host = ResolverConfiguration.Parse(ResolverConfiguration.ReadText(ResolverConfiguration.HostFile));
        ResolvConf = Launch.ResolvConf.OfNameServer(_request, host);
        List<string> links = network.Endpoints.Count > 0 && network.Endpoints[0].Network.ResolvesNames
            ? new LinkedContainers(_layout).Names(_request.Links)
            : [];

        // One that was killed is missed by the containers that it served.
        NameServerConnection.Restore(_layout);
        _resolver = _owned.Own(ContainerResolver.Open(_layout, _container.Id, network.Namespace, isNew, _request.Dns, links, _request.Egress));
        _hasResolver = true;
    }

    private static List<IPAddress> AddressesOf(ContainerNetwork network)
    {
        List<IPAddress> addresses = [];
        foreach ((IPAddress address, _, _) in network.Cni?.Result?.Addresses ?? [])
        {
            addresses.Add(address);
        }

        foreach (NetworkEndpoint endpoint in network.Endpoints)
        {
            if (endpoint.Record.IPv4 is { } ipv4)
            {
                addresses.Add(ipv4);
            }

            if (endpoint.Record.IPv6 is { } ipv6)
            {
                addresses.Add(ipv6);
            }
        }

        return addresses;
    }

    /// <summary>The host's address in the bridge that is the way out, or else in the first one; another gateway is not the host.</summary>
    private static IPAddress? GatewayOf(ContainerNetwork network)
    {
        NetworkEndpoint? chosen = null;
        foreach (NetworkEndpoint endpoint in network.Endpoints)
        {
            if (endpoint.Network.Driver == Network.BridgeDriver && (chosen is null || (endpoint.IsWayOut && !chosen.IsWayOut)))
            {
                chosen = endpoint;
            }
        }

        return chosen?.Network.Gateway(isIPv6: false) ?? chosen?.Network.Gateway(isIPv6: true);
    }

    /// <summary>A file as another container sees it; null where it is none that can be read.</summary>
    private static string? ReadOf(Container other, string path)
    {
        ProcessInstance process = other.State.Process;
        using Fd? root = FileAt.TryOpen(
            null, string.Create(CultureInfo.InvariantCulture, $"/proc/{process.Pid}/root"), OpenFlags.PathOnly | OpenFlags.Directory, 0, ResolveFlags.None, out _);
        if (root is null || !process.IsAlive())
        {
            return null;
        }

        using Fd? file = FileAt.TryOpen(
            root, path, OpenFlags.Read | OpenFlags.NonBlocking, 0, ResolveFlags.InRoot | ResolveFlags.NoMagicLinks, out _);
        try
        {
            return file is not null && FileAt.Stat(file).Type == FileType.Regular
                ? Encoding.UTF8.GetString(FileContent.ReadAll(file, Largest))
                : null;
        }
        catch (SyscallException)
        {
            return null;
        }
    }
}
