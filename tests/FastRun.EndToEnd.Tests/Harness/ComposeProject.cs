using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>A folder with a compose file, and <c>docker compose</c> for it.</summary>
internal sealed class ComposeProject
{
    private readonly EngineDaemon _daemon;
    private readonly string _configuration;

    /// <summary>Writes the file.</summary>
    /// <param name="roots">The test's state, which the folder is below.</param>
    /// <param name="daemon">What it is run by.</param>
    /// <param name="name">The project's name.</param>
    /// <param name="yaml">The compose file.</param>
    internal ComposeProject(StateRoots roots, EngineDaemon daemon, string name, string yaml)
    {
        Assert.SkipWhen(CliPlugins.Missing("compose") is not null, CliPlugins.Missing("compose") ?? "");
        _daemon = daemon;
        Name = name;
        Directory = roots.NewDirectory(name);
        _configuration = Path.Combine(roots.Top, "docker-config");
        if (!System.IO.Directory.Exists(_configuration))
        {
            CliPlugins.Install(_configuration);
        }

        Write("compose.yaml", yaml);
    }

    internal string Name { get; }

    internal string Directory { get; }

    /// <summary>Variables that the compose file sees.</summary>
    internal Dictionary<string, string?> Environment { get; } = [];

    /// <summary>Makes a file beside the compose file.</summary>
    internal void Write(string name, string content)
    {
        string path = Path.Combine(Directory, name);
        System.IO.Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
    }

    /// <summary><c>docker compose WORDS</c>.</summary>
    internal Command Command(params IReadOnlyList<string> words) => _daemon.Docker(["compose", "--ansi", "never", .. words]) with
    {
        WorkingDirectory = Directory,
        Timeout = TimeSpan.FromMinutes(3),
        Environment = new Dictionary<string, string?>(Environment) { ["DOCKER_CONFIG"] = _configuration, ["COMPOSE_PROJECT_NAME"] = Name },
    };

    /// <summary>Runs it.</summary>
    internal CommandResult Run(params IReadOnlyList<string> words) => Command(words).Run();

    /// <summary>Brings everything up in the background.</summary>
    internal void Up(params IReadOnlyList<string> words) => Run(["up", "-d", .. words]).Exits(0);

    /// <summary>Takes everything down, and its volumes.</summary>
    internal void Down() => Run("down", "-v", "-t", "0", "--remove-orphans").Exits(0);

    /// <summary>The state of each container, sorted: <c>web-1 running</c>.</summary>
    internal string States() => string.Join(
        '\n', Run("ps", "-a", "--format", "{{.Name}} {{.State}}").Lines.Where(static line => line.Length > 0)
            .Select(line => line[(Name.Length + 1)..]).Order(StringComparer.Ordinal));
}
