using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text.RegularExpressions;
using System.Threading.Tasks;

namespace FastRun.TestRegistry;

/// <summary>The distribution project's registry (Debian: docker-registry), on a free port of loopback, with a store of its own.</summary>
internal sealed partial class DockerRegistry : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-registry-").FullName;
    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="settings">Further lines of its configuration, below <c>http:</c> or as sections of their own.</param>
    internal DockerRegistry(string settings = "")
    {
        string configuration = Path.Combine(_directory, "config.yml");
        File.WriteAllText(configuration, $"""
            version: 0.1
            storage:
              filesystem:
                rootdirectory: {_directory}/store
            http:
              addr: 127.0.0.1:0
            {settings}
            """);
        _process = Process.Start(new ProcessStartInfo("docker-registry", ["serve", configuration])
        {
            RedirectStandardError = true,
            RedirectStandardOutput = true,
        })!;
        Authority = "127.0.0.1:" + ReadPort();
    }

    /// <summary>Whether the program is there.</summary>
    internal static bool IsInstalled => File.Exists("/usr/bin/docker-registry");

    /// <summary>Host and port, as a reference names a registry.</summary>
    internal string Authority { get; }

    public void Dispose()
    {
        _process.Kill();
        _process.WaitForExit();
        _process.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private string ReadPort()
    {
        List<string> said = [];
        while (_process.StandardError.ReadLine() is { } line)
        {
            said.Add(line);
            if (Listening().Match(line) is { Success: true } match)
            {
                // Nobody may make it wait for a full pipe.
                _ = Task.WhenAll(_process.StandardError.ReadToEndAsync(), _process.StandardOutput.ReadToEndAsync());
                return match.Groups[1].Value;
            }
        }

        throw new InvalidOperationException("docker-registry did not start: " + string.Join(Environment.NewLine, said));
    }

    [GeneratedRegex(@"listening on [^ ""]*:(\d+)")]
    private static partial Regex Listening();
}
