using System.IO;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>
/// OpenSSH's server, which <c>./test</c> unpacks into <c>artifacts/peers</c> (<c>.ci/peers.sh</c>): root is let in with one key. It sees users, and
/// a directory for its own use, that are its own.
/// </summary>
internal sealed class SshServer : InetdServer
{
    private static readonly string Folder = Path.Combine(Repository.Root, "artifacts", "peers", "openssh");

    private const string Enter =
        """
        set -e
        mount -t tmpfs none /run
        mkdir -m 755 /run/sshd
        mount --bind "$1/passwd" /etc/passwd
        mount --bind "$1/shadow" /etc/shadow
        if [ -e "$2/usr/lib/openssh/sshd-session" ]; then mount --bind "$2/usr/lib/openssh" /usr/lib/openssh; fi
        LD_LIBRARY_PATH=$(echo "$2"/usr/lib/*-linux-gnu) exec "$2/usr/sbin/sshd" -i -f "$1/config"
        """;

    private readonly string _directory;

    private SshServer(string directory)
        : base("unshare", "--mount", "sh", "-c", Enter, "sh", directory, Folder) =>
        _directory = directory;

    /// <summary>Why a test cannot have one here; null where it can.</summary>
    internal static string? Missing =>
        File.Exists(Path.Combine(Folder, "usr/sbin/sshd")) ? null : "OpenSSH's server could not be fetched";

    /// <summary>Starts one.</summary>
    /// <param name="directory">An empty directory for its files.</param>
    /// <param name="key">The public key that is let in.</param>
    internal static SshServer Start(string directory, string key)
    {
        Command.Output("ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", directory + "/host");
        File.WriteAllText(directory + "/keys", key + "\n");
        File.WriteAllText(directory + "/passwd", "root:x:0:0:root:/root:/bin/sh\nsshd:x:65534:65534::/run/sshd:/bin/false\n");
        File.WriteAllText(directory + "/shadow", "root:*:1::::::\nsshd:*:1::::::\n");
        File.WriteAllText(
            directory + "/config",
            $"HostKey {directory}/host\nAuthorizedKeysFile {directory}/keys\nStrictModes no\nUsePAM no\nPidFile none\nPermitRootLogin prohibit-password\nLogLevel ERROR\n");
        return new SshServer(directory);
    }

    /// <summary>The line of <c>known_hosts</c> by which a client knows it.</summary>
    internal string KnownHost => $"[127.0.0.1]:{Port} {File.ReadAllText(_directory + "/host.pub")}";

    /// <summary>The URL of a path, for git.</summary>
    internal string Url(string path) => $"ssh://root@127.0.0.1:{Port}{path}";
}
