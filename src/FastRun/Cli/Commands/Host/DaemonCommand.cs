using System.Collections.Generic;
using System.Globalization;
using System.IO;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Daemon;
using FastRun.Engine.Errors;
using FastRun.Http;
using FastRun.Layers;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun daemon</c>.</summary>
internal sealed class DaemonCommand : Command
{
    private readonly List<string> _hosts = [];
    private string? _group;
    private bool _verify;
    private string? _authorities;
    private string? _certificate;
    private string? _key;
    private bool _allowPlain;
    private string? _pidFile;

    internal override string Name => "daemon";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Serve the Docker Engine API on Unix sockets, or on TCP with mutual TLS, until a signal ends it";

    internal override string Details => """
        Containers do not depend on it: what clients start by it goes on when it ends. The command line needs no daemon, and sees the same
        containers. docs/docker-api.md tells which endpoints are there, and has units for systemd.
        """;

    internal override Option[] BuildOptions() =>
    [
        new("host", 'H', "list", "Where to listen: unix:///PATH, tcp://ADDRESS:PORT, or fd:// for what systemd has opened; more than once for several (default fastrun.sock in the run root)", _hosts.Add),
        new("group", 'G', "string", "The group whose members may use the sockets, too, which makes them root on this machine (default: none)", value => _group = value),
        Option.Switch("tlsverify", '\0', "On TCP, speak TLS with those alone whose certificate an authority of --tlscacert vouches for", value => _verify = value),
        new("tlscacert", '\0', "file", "The authorities that vouch for clients, in PEM; others do not count", value => _authorities = value),
        new("tlscert", '\0', "file", "The daemon's certificate in PEM, then those of its authorities", value => _certificate = value),
        new("tlskey", '\0', "file", "The certificate's private key in PEM", value => _key = value),
        Option.Switch("allow-plain-tcp", '\0', "On TCP, let whoever can reach it be root on this machine: no TLS, no password", value => _allowPlain = value),
        new("pidfile", 'p', "file", "Keep the daemon's process id in this file while it runs", value => _pidFile = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        StateLayout layout = context.RequireLayout();
        if (!_verify && (_authorities ?? _certificate ?? _key) is not null)
        {
            throw new UsageException("--tlscacert, --tlscert and --tlskey are for --tlsverify: TLS that asks nobody who he is would keep nobody out", UsageFault.Combination);
        }

        if (_verify && (_authorities is null || _certificate is null || _key is null))
        {
            throw new UsageException("--tlsverify needs --tlscacert, --tlscert and --tlskey", UsageFault.Combination);
        }

        if (_verify && _allowPlain)
        {
            throw new UsageException("--tlsverify and --allow-plain-tcp exclude each other", UsageFault.Combination);
        }

        DaemonOptions options = new()
        {
            Addresses = _hosts.Count > 0
                ? _hosts.ConvertAll(host => DaemonAddress.Parse(host, _verify))
                : [DaemonAddress.OfSocket(Path.Combine(layout.RunRoot, "fastrun.sock"))],
            Group = HostGroup() ?? 0,
            Tls = _verify ? ServerCertificate.ReadMutual(_certificate!, _key!, _authorities!) : null,
            AllowPlain = _allowPlain,
            PidFile = _pidFile,
        };
        EngineDaemon.RunAsync(layout, options, Listening, static line => ErrorReport.Failure(line)).GetAwaiter().GetResult();
        return 0;

        void Listening(IReadOnlyList<string> addresses)
        {
            foreach (string address in addresses)
            {
                context.Output.WriteLine("listening at " + address);
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
}
