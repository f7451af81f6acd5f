using System.Collections.Generic;
using System.Globalization;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Ports;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun port</c>.</summary>
internal sealed class PortCommand : Command
{
    internal override string Name => "port";

    internal override string Usage => "CONTAINER [PRIVATE_PORT[/PROTO]]";

    internal override string Summary => "List the published ports of a container, or where one of them leads from";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        string? port = operands.Count > 1 ? operands[1] : null;
        if (port is not null)
        {
            RequirePort(port.Split('/')[0]);
        }

        Container container = new ContainerStore(context.RequireLayout()).Find(operands[0]);
        IReadOnlyList<PublishedPort> ports = new ContainerPorts(context.RequireLayout()).Of(container);
        return port is null ? PrintAll(context, ports) : PrintOne(context, ports, port, operands[0]);
    }

    private static int PrintAll(CommandContext context, IReadOnlyList<PublishedPort> ports)
    {
        foreach (PublishedPort port in ports)
        {
            context.Output.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{port.ContainerPort}/{port.ProtocolName} -> {PortList.Host(port)}"));
        }

        return 0;
    }

    private static int PrintOne(CommandContext context, IReadOnlyList<PublishedPort> ports, string asked, string container)
    {
        string[] parts = asked.Split('/');
        string protocol = parts.Length > 1 && parts[1].Length > 0 ? parts[1] : "tcp";
        bool found = false;
        foreach (PublishedPort port in ports)
        {
            if (port.ProtocolName == protocol && port.ContainerPort.ToString(CultureInfo.InvariantCulture) == parts[0])
            {
                context.Output.WriteLine(PortList.Host(port));
                found = true;
            }
        }

        return found ? 0 : throw new EngineException(ErrorKind.NotFound, $"No public port '{asked}' published for {container}");
    }

    private static void RequirePort(string port)
    {
        try
        {
            Values.UnsignedShort(port);
        }
        catch (EngineException exception)
        {
            throw new EngineException(
                exception.Kind, string.Create(CultureInfo.InvariantCulture, $"invalid port ({port}): {exception.Message}"), exception);
        }
    }
}
