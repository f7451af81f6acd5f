using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>A dockerd in a root of its own, for what the transcripts are compared with.</summary>
internal sealed class PeerDaemon : IDisposable
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

    private readonly Process _process;

    /// <summary>Starts it.</summary>
    /// <param name="roots">Where its state is.</param>
    /// <param name="root">A Debian root with dockerd.</param>
    /// <param name="command">Makes the command that starts it.</param>
    internal PeerDaemon(StateRoots roots, string root, Func<string, IReadOnlyList<string>, Command> command)
    {
        SocketPath = Path.Combine(roots.Top, "docker.sock");
        _process = command("unshare",
        [
            "--mount", "sh", "-euc", Enter, root,
            "--data-root", roots.Data, "--exec-root", roots.Run, "-p", Path.Combine(roots.Top, "docker.pid"), "-H", "unix://" + SocketPath, "--userland-proxy=false",
        ]).Start();
        _process.OutputDataReceived += static (_, _) => { };
        string log = Path.Combine(Path.GetTempPath(), "dockerd-peer.log");
        File.Delete(log);
        _process.ErrorDataReceived += (_, line) => File.AppendAllText(log, line.Data + "\n");
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Assert.True(
            Processes.Eventually(() => _process.HasExited || Command.Run("docker", "-H", "unix://" + SocketPath, "version").ExitCode == 0) && !_process.HasExited,
            "dockerd does not answer: see " + log);
    }

    internal string SocketPath { get; }

    /// <inheritdoc/>
    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _ = Command.Run("kill", _process.Id.ToString(CultureInfo.InvariantCulture));
            if (!_process.WaitForExit(TimeSpan.FromSeconds(60)))
            {
                _process.Kill();
                _process.WaitForExit();
            }
        }

        _process.Dispose();
    }
}
