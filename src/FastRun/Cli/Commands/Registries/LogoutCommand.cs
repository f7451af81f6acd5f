using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Registries;
using FastRun.Layers.Registry.Authentication;

namespace FastRun.Cli.Commands.Registries;

/// <summary><c>fastrun logout</c>.</summary>
internal sealed class LogoutCommand : Command
{
    internal override string Name => "logout";

    internal override string Usage => "[SERVER]";

    internal override string Summary => "Log out from a registry; without a server from Docker Hub";

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        RegistryServer server = RegistryLogin.Server(operands.Count == 0 ? null : operands[0]);
        context.Output.WriteLine("Removing login credentials for " + server.Key);
        new RegistryLogin(CredentialStore.FromEnvironment()).LogOut(server);
        return 0;
    }
}
