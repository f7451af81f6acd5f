using System;
using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Networks;
using FastRun.Engine.Networks.Links;

namespace FastRun.Cli.Commands.Networks;

/// <summary><c>fastrun network connect</c>.</summary>
internal sealed class ConnectCommand : Command
{
    private readonly List<string> _aliases = [];
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);
    private readonly List<string> _linkLocal = [];
    private readonly List<string> _links = [];
    private int _priority;
    private string? _ipv4;
    private string? _ipv6;

    internal override string Name => "network connect";

    internal override string Usage => "[OPTIONS] NETWORK CONTAINER";

    internal override string Summary => "Connect a container to a network";

    internal override int LeastOperands => 2;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() =>
    [
        new("alias", '\0', "strings", "Add network-scoped alias for the container", value => _aliases.AddRange(value.Split(','))),
        new("driver-opt", '\0', "map", "Driver options for the network: KEY=value", value => Values.SetPair(_options, value)),
        new("gw-priority", '\0', "int", "Of a container's networks, the one with the highest is its way out", value => _priority = NetworkSyntax.Priority(value)),
        new("ip", '\0', "ip", "IPv4 address (e.g., \"172.30.100.104\")", value => _ipv4 = value),
        new("ip6", '\0', "ip", "IPv6 address (e.g., \"2001:db8::33\")", value => _ipv6 = value),
        new("link", '\0', "list", "Name another container for this one alone: NAME[:ALIAS]", value => _links.Add(LinkSyntax.Parse(value))),
        new("link-local-ip", '\0', "strings", "Add a link-local address for the container", value => _linkLocal.AddRange(value.Split(','))),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        ErrorReport.Warn(new ConnectNetwork(context.RequireLayout()).Connect(operands[1], new EndpointRequest
        {
            Network = operands[0],
            IPv4 = _ipv4,
            IPv6 = _ipv6,
            Aliases = _aliases,
            Links = _links,
            GwPriority = _priority,
            LinkLocalAddresses = _linkLocal,
            Options = _options,
        }));
        return 0;
    }
}
