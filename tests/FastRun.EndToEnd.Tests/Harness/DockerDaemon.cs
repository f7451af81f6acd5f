using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>A dockerd with state of its own, which touches no network of the machine's, and the Docker CLI that speaks to it.</summary>
internal sealed class DockerDaemon : IDisposable
{
    private readonly Process _daemon;
    private readonly string _socket;

    /// <summary>Starts it in an empty directory.</summary>
    internal DockerDaemon(string directory)
    {
        _socket = "unix://" + Path.Combine(directory, "sock");
        _daemon = new Command(
            "dockerd", "--data-root", Path.Combine(directory, "data"), "--exec-root", Path.Combine(directory, "exec"), "-p", Path.Combine(directory, "pid"), "-H", _socket,
            "--storage-driver", "vfs", "--bridge", "none", "--iptables=false", "--ip6tables=false").Start();
        _daemon.OutputDataReceived += static (_, _) => { };
        _daemon.ErrorDataReceived += static (_, _) => { };
        _daemon.BeginOutputReadLine();
        _daemon.BeginErrorReadLine();
        try
        {
            Assert.True(Processes.Eventually(() => _daemon.HasExited || Run("version").ExitCode == 0) && !_daemon.HasExited, "dockerd does not answer");
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>Runs a command of the Docker CLI.</summary>
    internal CommandResult Run(params IReadOnlyList<string> arguments) => Command.Run("docker", ["-H", _socket, .. arguments]);

    /// <summary>Runs one that must succeed.</summary>
    internal string Output(params IReadOnlyList<string> arguments) => Run(arguments).Output;

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_daemon.HasExited)
        {
            _ = Command.Run("kill", _daemon.Id.ToString(CultureInfo.InvariantCulture));
            if (!_daemon.WaitForExit(TimeSpan.FromSeconds(60)))
            {
                _daemon.Kill();
                _daemon.WaitForExit();
            }
        }

        _daemon.Dispose();
    }
}
