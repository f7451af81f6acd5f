using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Networks;
using FastRun.Layers.References;

namespace FastRun.Cli.Commands.Networks;

/// <summary><c>fastrun network ls</c>.</summary>
internal sealed class ListCommand : Command
{
    private readonly FilterOption _filter = new();
    private string _format = "";
    private bool _noTruncation;
    private bool _quiet;

    internal override string Name => "network ls";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "List networks";

    internal override Option[] BuildOptions() =>
    [
        _filter.Build("Show only some: dangling=true|false, driver=NAME, id=ID, label=KEY[=VALUE], name=NAME, scope=local, type=custom|builtin", 'f'),
        new("format", '\0', "string", "Format output: table, 'table TEMPLATE', json, or a Go template", value => _format = value),
        Option.Switch("no-trunc", '\0', "Do not truncate the output", value => _noTruncation = value),
        Option.Switch("quiet", 'q', "Only display network IDs", value => _quiet = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        IReadOnlyList<Network> networks = new ManageNetworks(context.RequireLayout()).List(_filter.Terms);
        if (_quiet && _format is "" or "table")
        {
            foreach (Network network in networks)
            {
                context.Output.WriteLine(Id(network));
            }

            return 0;
        }

        ListFormat.Print(_format, "{{.ID}}\t{{.Name}}\t{{.Driver}}\t{{.Scope}}", Headers(), networks.Select(Row), context.Output);
        return 0;
    }

    private string Id(Network network) => _noTruncation ? network.Id : ShortId.Of(network.Id);

    private JsonObject Row(Network network) => new()
    {
        ["CreatedAt"] = network.CreatedAt.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss.FFFFFFF '+0000 UTC'", CultureInfo.InvariantCulture),
        ["Driver"] = network.Driver,
        ["ID"] = Id(network),
        ["IPv4"] = network.EnableIPv4 ? "true" : "false",
        ["IPv6"] = network.EnableIPv6 ? "true" : "false",
        ["Internal"] = network.Internal ? "true" : "false",
        ["Labels"] = string.Join(',', network.Labels.Select(static label => $"{label.Key}={label.Value}")),
        [nameof(Network.Name)] = network.Name,
        ["Scope"] = "local",
    };

    private static JsonObject Headers() => new()
    {
        ["CreatedAt"] = "CREATED AT",
        ["Driver"] = "DRIVER",
        ["ID"] = "NETWORK ID",
        ["IPv4"] = "IPV4",
        ["IPv6"] = "IPV6",
        ["Internal"] = "INTERNAL",
        ["Labels"] = "LABELS",
        [nameof(Network.Name)] = "NAME",
        ["Scope"] = "SCOPE",
    };
}
