using System.Collections.Generic;
using System.Net;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Http;
using FastRun.Layers;
using FastRun.Page;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun ui</c>.</summary>
internal sealed class PageCommand : Command
{
    private IPEndPoint _endpoint = new(IPAddress.Loopback, 0);

    internal override string Name => "ui";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Show containers, images, networks and volumes on a page for browsers until a signal ends it";

    internal override string Details => """
        It prints the address, which has a token: whoever has the address sees what this user sees, and can change nothing by it. The
        page is served on loopback only, needs no daemon, and shows live logs, usage, and where the time of each start went.
        """;

    internal override Option[] BuildOptions() =>
    [
        new("listen", 'l', "address", "The address of loopback to listen at (default 127.0.0.1:0, a port that is free)", value => _endpoint = ListenAddress.Parse(value)),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        StateLayout layout = context.RequireLayout();
        PageServer.RunAsync(layout, _endpoint, Listening, static line => ErrorReport.Failure(line)).GetAwaiter().GetResult();
        return 0;

        void Listening(string address)
        {
            context.Output.WriteLine(address);
            context.Output.Flush();
        }
    }
}
