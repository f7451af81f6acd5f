using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun system start</c>.</summary>
internal sealed class StartCommand : Command
{
    internal override string Name => "system start";

    internal override string Usage => "";

    internal override string Summary => "Start the containers that their restart policies want to run, after a boot";

    internal override string Details =>
        "Starts what has the restart policy 'always', and what has 'unless-stopped' and was not stopped by hand; prints the names.\n"
        + "packaging/systemd/fastrun.service does this at each boot.\n";

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        int code = 0;
        new ApplyRestartPolicies(context.RequireLayout()).Run((container, failure) =>
        {
            if (failure is null)
            {
                context.Output.WriteLine(container.Name);
            }
            else
            {
                ErrorReport.Failure($"{container.Name}: {failure.Message}", failure.Hint);
                code = ExitCodes.Failure;
            }
        });
        return code;
    }
}
