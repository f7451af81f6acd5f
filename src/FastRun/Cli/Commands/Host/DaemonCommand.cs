using System.Collections.Generic;
using System.Globalization;
using System.IO;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Daemon;
using FastRun.Engine.Errors;
using FastRun.Layers;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun daemon</c>.</summary>
internal sealed class DaemonCommand : Command
{
    private const string Scheme = "unix://";

    private readonly List<string> _sockets = [];
    private string? _group;

    internal override string Name => "daemon";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Serve the Docker Engine API on a Unix socket until a signal ends it";

    internal override string Details => """
        Containers do not depend on it: what clients start by it goes on when it ends. The command line needs no daemon, and sees the same
        containers. docs/docker-compatibility.md tells what is there.
        """;

    internal override Option[] BuildOptions() =>
    [
        new("host", 'H', "list", "The socket to listen at: unix:///PATH; more than once for several (default fastrun.sock in the run root)", value => _sockets.Add(PathOf(value))),
        new("group", 'G', "string", "The group whose members may use the socket, too, which makes them root on this machine (default: none)", value => _group = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        StateLayout layout = context.RequireLayout();
        List<string> sockets = _sockets.Count > 0 ? _sockets : [Path.Combine(layout.RunRoot, "fastrun.sock")];
        EngineDaemon.RunAsync(layout, sockets, HostGroup(), Listening, static line => ErrorReport.Failure(line)).GetAwaiter().GetResult();
        return 0;

        void Listening()
        {
            foreach (string socket in sockets)
            {
                context.Output.WriteLine($"listening at {Scheme}{socket}");
            }

            context.Output.Flush();
        }
    }

    /// <exception cref="EngineException">There is no such group.</exception>
    private uint? HostGroup()
    {
        uint number = 0;
        if (_group is null || uint.TryParse(_group, NumberStyles.None, CultureInfo.InvariantCulture, out number))
        {
            return _group is null ? null : number;
        }

        foreach (string line in File.ReadLines("/etc/group"))
        {
            if (line.Split(':') is [var name, _, var id, ..] && name == _group && uint.TryParse(id, NumberStyles.None, CultureInfo.InvariantCulture, out number))
            {
                return number;
            }
        }

        throw EngineException.Invalid($"--group: there is no group {_group} on this machine");
    }

    private static string PathOf(string value) => value.StartsWith(Scheme, System.StringComparison.Ordinal) && value.Length > Scheme.Length + 1 && value[Scheme.Length] == '/'
        ? value[Scheme.Length..]
        : throw new EngineException(
            ErrorKind.Unsupported, $"--host: '{value}' is not supported", hint: "unix:///PATH is; TCP will come with mutual TLS");
}
