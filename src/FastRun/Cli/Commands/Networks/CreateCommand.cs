using System;
using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks;

namespace FastRun.Cli.Commands.Networks;

/// <summary><c>fastrun network create</c>.</summary>
internal sealed class CreateCommand : Command
{
    private readonly Dictionary<string, string> _labels = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _options = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _auxAddresses = new(StringComparer.Ordinal);
    private readonly List<string> _subnets = [];
    private readonly List<string> _gateways = [];
    private readonly List<string> _ranges = [];
    private string _driver = Network.BridgeDriver;
    private bool _attachable;
    private bool _internal;
    private bool _ipv4 = true;
    private bool _ipv6;

    internal override string Name => "network create";

    internal override string Usage => "[OPTIONS] NAME";

    internal override string Summary => "Create a network";

    internal override string Details =>
        "Options of the driver bridge:\n"
        + "  -o com.docker.network.bridge.name=NAME                  the interface on the host\n"
        + "  -o com.docker.network.driver.mtu=BYTES                  the largest packet\n"
        + "  -o com.docker.network.bridge.enable_ip_masquerade=false keep the containers' addresses outside\n"
        + "  -o com.docker.network.bridge.enable_icc=false           keep the containers apart\n"
        + "  -o com.docker.network.bridge.host_binding_ipv4=ADDRESS  where ports are published\n"
        + "  -o com.docker.network.container_iface_prefix=PREFIX     the name of the containers' interfaces (eth)\n"
        + "Options of the drivers macvlan and ipvlan, beside the MTU and the last one:\n"
        + "  -o parent=INTERFACE                                     the host's; eth0.10 is the VLAN 10 of eth0; none leads nowhere\n"
        + "  -o macvlan_mode=bridge|private|vepa|passthru            how containers reach each other\n"
        + "  -o ipvlan_mode=l2|l3|l3s                                whether the host switches or routes\n"
        + "  -o ipvlan_flag=bridge|private|vepa                      how containers reach each other";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("attachable", '\0', "Enable manual container attachment (kept, and without a meaning on one machine)", value => _attachable = value),
        new("aux-address", '\0', "map", "Auxiliary IPv4 or IPv6 addresses that others have: NAME=ADDRESS", value => Values.SetPair(_auxAddresses, value)),
        new("driver", 'd', "string", "Driver to manage the network (default \"bridge\")", value => _driver = value),
        new("gateway", '\0', "strings", "IPv4 or IPv6 gateway for the subnet", value => _gateways.AddRange(value.Split(','))),
        Option.Switch("internal", '\0', "Restrict external access to the network", value => _internal = value),
        new("ip-range", '\0', "strings", "Allocate container ip from a sub-range", value => _ranges.AddRange(value.Split(','))),
        new("ipam-driver", '\0', "string", "IP address management driver (default \"default\")", RequireDefault),
        Option.Switch("ipv4", '\0', "Enable or disable IPv4 address assignment (default true)", value => _ipv4 = value),
        Option.Switch("ipv6", '\0', "Enable or disable IPv6 address assignment", value => _ipv6 = value),
        new("label", '\0', "list", "Set metadata on a network: KEY=value", value => Values.SetPair(_labels, value)),
        new("opt", 'o', "map", "Set driver specific options: KEY=value", value => Values.SetPair(_options, value)),
        new("subnet", '\0', "strings", "Subnet in CIDR format that represents a network segment", value => _subnets.AddRange(value.Split(','))),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        Network network = new ManageNetworks(context.RequireLayout()).Create(new NetworkCreateRequest
        {
            Name = operands[0],
            Driver = _driver,
            Attachable = _attachable,
            Internal = _internal,
            EnableIPv4 = _ipv4,
            EnableIPv6 = _ipv6,
            Subnets = SubnetGrouping.Of(_subnets, _ranges, _gateways, _auxAddresses),
            Labels = _labels,
            Options = _options,
        });
        context.Output.WriteLine(network.Id);
        return 0;
    }

    private static void RequireDefault(string driver)
    {
        if (driver is not ("default" or ""))
        {
            throw new EngineException(ErrorKind.Unsupported, $"IPAM driver {driver} is not available", hint: "there is the driver default");
        }
    }
}
