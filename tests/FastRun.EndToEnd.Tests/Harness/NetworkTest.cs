using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>Tests of networks: their host is a network namespace of their own, so the machine's is not touched.</summary>
public abstract class NetworkTest : SandboxTest
{
    private readonly Process _host;
    private Process? _world;

    private protected NetworkTest(TestImages images)
        : base(images)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: network namespaces");
        _host = StartNamespace();
        Assert.Equal(0, OnHost("ip", "link", "set", "lo", "up").ExitCode);
    }

    /// <summary>A command in the network namespace that is the host's for this test.</summary>
    private protected Command HostCommand(string file, params IReadOnlyList<string> arguments) => new(
        "nsenter", ["--net=" + string.Create(CultureInfo.InvariantCulture, $"/proc/{_host.Id}/ns/net"), "--", file, .. arguments])
    {
        WorkingDirectory = Roots.Top,
    };

    /// <summary>Runs a command there.</summary>
    private protected CommandResult OnHost(string file, params IReadOnlyList<string> arguments) => HostCommand(file, arguments).Run();

    /// <summary>A fastrun command line there, on this test's roots.</summary>
    private protected Command NetworkCommand(params IReadOnlyList<string> arguments) =>
        HostCommand(Repository.Binary, [.. Roots.Options, .. arguments]);

    /// <summary>Runs fastrun there.</summary>
    private protected CommandResult Run(params IReadOnlyList<string> arguments) => NetworkCommand(arguments).Run();

    /// <summary>Connects the host (192.0.2.1) with a machine outside (192.0.2.2), which knows no way but to the host itself.</summary>
    private protected void ConnectWorld()
    {
        _world = StartNamespace();
        string world = _world.Id.ToString(CultureInfo.InvariantCulture);
        OnHost("ip", "link", "add", "wan0", "type", "veth", "peer", "name", "wan0", "netns", world).Exits(0);
        OnHost("ip", "address", "add", "192.0.2.1/24", "dev", "wan0").Exits(0);
        OnHost("ip", "link", "set", "wan0", "up").Exits(0);
        Command.Run("nsenter", $"--net=/proc/{world}/ns/net", "--", "ip", "address", "add", "192.0.2.2/24", "dev", "wan0").Exits(0);
        Command.Run("nsenter", $"--net=/proc/{world}/ns/net", "--", "ip", "link", "set", "wan0", "up").Exits(0);
    }

    /// <summary>Runs a command on the machine outside.</summary>
    private protected CommandResult InWorld(params IReadOnlyList<string> command) => WorldCommand(command).Run();

    /// <summary>A command on the machine outside.</summary>
    private protected Command WorldCommand(params IReadOnlyList<string> command) => new(
        "nsenter", ["--net=" + string.Create(CultureInfo.InvariantCulture, $"/proc/{_world!.Id}/ns/net"), "--", .. command]);

    /// <summary>Starts a command on the machine outside.</summary>
    private protected Process StartInWorld(params IReadOnlyList<string> command) => new Command(
        "nsenter", ["--net=" + string.Create(CultureInfo.InvariantCulture, $"/proc/{_world!.Id}/ns/net"), "--", .. command]).Start();

    /// <summary>The names of the host's interfaces.</summary>
    private protected IReadOnlyList<string> Interfaces() =>
        OnHost("ip", "-o", "link").Output.Split('\n', StringSplitOptions.RemoveEmptyEntries) is var lines
            ? Array.ConvertAll(lines, static line => line.Split(": ")[1].Split('@')[0])
            : [];

    /// <summary>The files of leases in this boot.</summary>
    private protected IReadOnlyList<string> Leases()
    {
        string networks = Path.Combine(Roots.Run, "networks");
        return Directory.Exists(networks)
            ? Array.FindAll(Directory.GetFiles(networks, "*", SearchOption.AllDirectories), static file => Path.GetFileName(file) != "network")
            : [];
    }

    private static Process StartNamespace()
    {
        Process process = new Command("unshare", "--net", "--", "sh", "-c", "echo ready; exec sleep 3600").Start();
        Assert.Equal("ready", process.StandardOutput.ReadLine());
        return process;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // While the host is there: what runs in it would be left without.
            string left = Run("ps", "-aq").Output;
            if (left.Length > 0)
            {
                Run(["rm", "-f", .. left.Split('\n')]);
            }

            foreach (Process? process in new[] { _host, _world })
            {
                process?.Kill();
                process?.WaitForExit();
                process?.Dispose();
            }
        }

        base.Dispose(disposing);
    }
}
