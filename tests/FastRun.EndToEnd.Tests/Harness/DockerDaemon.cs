using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Text;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>A dockerd with state of its own, and the Docker CLI that speaks to it.</summary>
internal sealed class DockerDaemon : IDisposable
{
    // The root of its mount namespace, not a chroot in another's: a process that docker exec starts is at the root of a mount namespace,
    // and in a chroot that is the machine's.
    private const string Enter = """
        mount --bind "$0" "$0"
        mount -t proc none "$0/proc"
        mount --rbind /sys "$0/sys"
        mount --rbind /dev "$0/dev"
        mount --bind /tmp "$0/tmp"
        mount -t tmpfs none "$0/run"
        cd "$0"
        pivot_root . mnt
        umount --lazy /mnt
        PATH=/usr/sbin:/usr/bin:/sbin:/bin exec dockerd "$@"
        """;

    private readonly Process _daemon;
    private readonly StringBuilder _log = new();

    /// <summary>Starts the machine's in an empty directory; it touches no network of the machine's.</summary>
    internal DockerDaemon(string directory)
        : this(
            directory,
            state => new Command("dockerd", [.. state, "--storage-driver", "vfs", "--bridge", "none", "--iptables=false", "--ip6tables=false"]))
    {
    }

    private DockerDaemon(string directory, Func<IReadOnlyList<string>, Command> command)
    {
        SocketPath = Path.Combine(directory, "docker.sock");
        _daemon = command(
        [
            "--data-root", Path.Combine(directory, "data"), "--exec-root", Path.Combine(directory, "exec"), "-p", Path.Combine(directory, "docker.pid"),
            "-H", "unix://" + SocketPath,
        ]).Start();
        _daemon.OutputDataReceived += static (_, _) => { };
        _daemon.ErrorDataReceived += (_, line) =>
        {
            lock (_log)
            {
                _log.AppendLine(line.Data);
            }
        };
        _daemon.BeginOutputReadLine();
        _daemon.BeginErrorReadLine();
        if (!Processes.Eventually(() => _daemon.HasExited || Run("version").ExitCode == 0) || _daemon.HasExited)
        {
            Dispose();
            lock (_log)
            {
                Assert.Fail($"dockerd does not answer\n{_log}");
            }
        }
    }

    /// <summary>Starts the one of another release's root.</summary>
    /// <param name="directory">Where its state is, in <c>/tmp</c>.</param>
    /// <param name="root">A Debian root with dockerd.</param>
    /// <param name="command">Makes the command that starts it.</param>
    internal static DockerDaemon InRoot(string directory, string root, Func<string, IReadOnlyList<string>, Command> command) =>
        new(directory, state => command("unshare", ["--mount", "sh", "-euc", Enter, root, .. state, "--userland-proxy=false"]));

    internal string SocketPath { get; }

    /// <summary>Runs a command of the Docker CLI.</summary>
    internal CommandResult Run(params IReadOnlyList<string> arguments) => Command.Run("docker", ["-H", "unix://" + SocketPath, .. arguments]);

    /// <summary>Runs one that must succeed.</summary>
    internal string Output(params IReadOnlyList<string> arguments) => Run(arguments).Output;

    /// <inheritdoc/>
    public void Dispose() => Processes.End(_daemon);
}
