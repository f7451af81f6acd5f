using System;
using System.Collections.Generic;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Libraries that programs speak to Docker with, against <c>fastrun daemon</c>. The programs are in <c>Clients/</c>.</summary>
public sealed class ClientLibraryTests : NetworkTest
{
    private static readonly string s_modules = Path.Combine(Repository.Root, "artifacts", "peers", "node");

    private readonly EngineDaemon _daemon;

    public ClientLibraryTests(TestImages images)
        : base(images)
    {
        string tar = Path.Combine(Roots.Top, "busybox.tar");
        File.WriteAllBytes(tar, BusyboxRoot.Tar().Directory("www").ToArray());
        Run("import", tar, "busybox:test").Exits(0);
        // Containers that ask for no network get the usual one here.
        _daemon = new EngineDaemon(Roots, (file, words) => HostCommand(file, words) with
        {
            Environment = new Dictionary<string, string?> { ["FASTRUN_DEFAULT_NETWORK"] = null },
        });
    }

    [Fact]
    public void Python_DoesWhatProgramsDo() =>
        Assert.Equal("ok", Client("/usr/bin/python3", "docker_py.py").Run().Output);

    [Fact]
    public void Dockerode_DoesWhatProgramsDo() => Assert.Equal("ok", Node("dockerode.js").Run().Output);

    [Fact]
    public void Testcontainers_TidiedUpByItself_LeavesNothing()
    {
        Command client = Node("testcontainers.js");
        Assert.Equal("ok", (client with { Environment = With(client, "TESTCONTAINERS_RYUK_DISABLED", "true") }).Run().Lines[^1]);

        Assert.Equal("", Run("ps", "-aq").Output);
    }

    [Fact]
    public void Testcontainers_ThatCrash_AreTidiedUpByTheReaper()
    {
        string reaper = Path.Combine(Roots.Top, "reaper");
        _ = Command.Output("gcc", "-static", "-O1", "-Wall", "-Wextra", "-Werror", "-o", reaper, Path.Combine(AppContext.BaseDirectory, "Clients", "reaper.c"));
        string tar = Path.Combine(Roots.Top, "reaper.tar");
        File.WriteAllBytes(tar, BusyboxRoot.SmallTar().Directory("var").Directory("var/run").File("reaper", File.ReadAllBytes(reaper), mode: 0x1ED).ToArray());
        Run("import", "--change", "ENTRYPOINT [\"/reaper\"]", "--change", "EXPOSE 8080", tar, "reaper:test").Exits(0);
        Command client = Node("testcontainers.js", "leave");

        string session = (client with { Environment = With(client, "RYUK_CONTAINER_IMAGE", "reaper:test") }).Run().Lines[^1]["ok ".Length..];

        Assert.True(Guid.TryParse(session, out _) || session.Length > 8, session);
        Assert.True(Processes.Eventually(() => Run("ps", "-aq").Output.Length == 0), Run("ps", "-a").Output);
        Assert.True(Processes.Eventually(() => Run("network", "ls", "-q", "-f", "label=org.testcontainers=true").Output.Length == 0));
        Assert.Equal("1", Run("images", "-q", "busybox:test").Lines.Length.ToString(System.Globalization.CultureInfo.InvariantCulture));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _daemon.Dispose();
        }

        base.Dispose(disposing);
    }

    private Command Node(string script, params string[] words)
    {
        Assert.SkipUnless(File.Exists(Path.Combine(s_modules, ".complete")), "dockerode and testcontainers could not be fetched from npm");
        return Client("node", script, words);
    }

    private Command Client(string interpreter, string script, params string[] words) =>
        HostCommand(interpreter, [Path.Combine(AppContext.BaseDirectory, "Clients", script), .. words]) with
        {
            Timeout = TimeSpan.FromMinutes(5),
            Environment = new Dictionary<string, string?>
            {
                ["DOCKER_HOST"] = "unix://" + _daemon.SocketPath,
                ["DOCKER_CONFIG"] = Roots.Top,
                ["SOCKET"] = _daemon.SocketPath,
                ["TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE"] = _daemon.SocketPath,
                ["NODE_PATH"] = Path.Combine(s_modules, "node_modules"),
                ["HOME"] = Roots.Top,
                ["TMPDIR"] = Roots.Top,
            },
        };

    private static Dictionary<string, string?> With(Command command, string name, string value) => new(command.Environment) { [name] = value };
}
