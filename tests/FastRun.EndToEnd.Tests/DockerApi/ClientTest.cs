using System;
using System.Collections.Generic;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>
/// Tests of programs that others have written for Docker, against <c>fastrun daemon</c>, which has an image <c>busybox:test</c> and networks of
/// its own. What they are driven by is in <c>Clients/</c>.
/// </summary>
public abstract class ClientTest : NetworkTest
{
    private static readonly string s_modules = Path.Combine(Repository.Root, "artifacts", "peers", "node");

    private protected ClientTest(TestImages images)
        : base(images)
    {
        string tar = Path.Combine(Roots.Top, "busybox.tar");
        File.WriteAllBytes(tar, BusyboxRoot.Tar().Directory("www").ToArray());
        Run("import", tar, "busybox:test").Exits(0);
        // Containers that ask for no network get the usual one here.
        Daemon = new EngineDaemon(Roots, (file, words) => HostCommand(file, words) with
        {
            Environment = new Dictionary<string, string?> { ["FASTRUN_DEFAULT_NETWORK"] = null },
        });
    }

    private protected EngineDaemon Daemon { get; }

    /// <summary>Where the packages from npm are.</summary>
    private protected static string Modules => Path.Combine(s_modules, "node_modules");

    /// <summary>Skips where npm gave nothing.</summary>
    private protected static void RequireModules() =>
        Assert.SkipUnless(File.Exists(Path.Combine(s_modules, ".complete")), "the clients for Node.js could not be fetched from npm");

    /// <summary>A command of the Docker CLI that must succeed.</summary>
    private protected string Docker(params IReadOnlyList<string> words) => Daemon.Docker(words).Run().Output;

    /// <summary>A program that finds the daemon by its environment, as on a machine of CI.</summary>
    private protected Command Client(string file, params IReadOnlyList<string> words) => HostCommand(file, words) with
    {
        Timeout = TimeSpan.FromMinutes(5),
        Environment = new Dictionary<string, string?>
        {
            ["DOCKER_HOST"] = "unix://" + Daemon.SocketPath,
            ["DOCKER_CONFIG"] = Roots.Top,
            ["SOCKET"] = Daemon.SocketPath,
            ["TESTCONTAINERS_DOCKER_SOCKET_OVERRIDE"] = Daemon.SocketPath,
            ["NODE_PATH"] = Modules,
            ["HOME"] = Roots.Top,
            ["TMPDIR"] = Roots.Top,
            ["FASTRUN_DEFAULT_NETWORK"] = null,
        },
    };

    /// <summary>The same with more variables.</summary>
    private protected static Command With(Command command, params IReadOnlyList<(string Name, string? Value)> variables)
    {
        Dictionary<string, string?> environment = new(command.Environment);
        foreach ((string name, string? value) in variables)
        {
            environment[name] = value;
        }

        return command with { Environment = environment };
    }

    /// <summary>The path of a file of <c>Clients/</c>.</summary>
    private protected static string Script(string name) => Path.Combine(AppContext.BaseDirectory, "Clients", name);

    /// <summary>A command called <c>docker</c> that is fastrun itself, on this test's roots and without the daemon.</summary>
    private protected string DockerLink()
    {
        string link = Path.Combine(Roots.NewDirectory("link"), "docker");
        if (!File.Exists(link))
        {
            File.CreateSymbolicLink(link, Repository.Binary);
        }

        string path = Roots.NewFile("bin/docker", $"#!/bin/sh\nunset DOCKER_HOST\nexec {link} {string.Join(' ', Roots.Options)} \"$@\"\n");
        File.SetUnixFileMode(path, File.GetUnixFileMode(path) | UnixFileMode.UserExecute);
        return path;
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Daemon.Dispose();
            // A container that removes itself is out of all lists before the last of its files is gone.
            string trash = Path.Combine(Roots.Data, "trash");
            _ = Processes.Eventually(() => !Directory.Exists(trash) || Directory.GetFileSystemEntries(trash).Length == 0);
        }

        base.Dispose(disposing);
    }
}
