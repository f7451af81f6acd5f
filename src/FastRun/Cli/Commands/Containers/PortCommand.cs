using System.Collections.Generic;
using System.Globalization;
using FastRun.Cli.Options;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun port</c>: no container has published ports as long as there are no networks but none and host.</summary>
internal sealed class PortCommand : Command
{
    internal override string Name => "port";

    internal override string Usage => "CONTAINER [PRIVATE_PORT[/PROTO]]";

    internal override string Summary => "List the published ports of a container, of which there are none yet";

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

        new ContainerStore(context.RequireLayout()).Find(operands[0]);
        return port is null
            ? 0
            : throw new EngineException(ErrorKind.NotFound, $"No public port '{port}' published for {operands[0]}");
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
