using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary><c>fastrun build --ssh</c> with OpenSSH's own programs on both sides: what they list, sign and verify.</summary>
public sealed class BuildSshTests(TestImages images) : BuildTest(images)
{
    private const string Tools = "FROM busybox AS tools\nCOPY ssh /\nENV HOME=/\n";

    [Fact]
    public void Build_WithKeysOfFiles_SignaturesAreThoseOfTheKeys()
    {
        CopyTools();
        string[] types = ["ed25519:256", "rsa:2048", "ecdsa:256", "ecdsa:384", "ecdsa:521"];
        List<string> keys = [];
        foreach (string type in types)
        {
            keys.Add(NewKey(type.Replace(':', '-'), type.Split(':')));
            File.Copy(keys[^1] + ".pub", Path.Combine(ContextDirectory, Path.GetFileName(keys[^1]) + ".pub"));
        }

        string directory = Path.Combine(Roots.Top, "out");
        _ = Build(
            Tools +
            """
            COPY *.pub /keys/
            RUN --mount=type=ssh set -e; mkdir /out; ssh-add -L > /out/list; cd /keys; for key in *.pub; do echo signed > /out/$key; ssh-keygen -q -Y sign -f $key -n test /out/$key; done
            FROM scratch
            COPY --from=tools /out /
            """,
            "--ssh", "default=" + string.Join(',', keys), "-o", directory);
        Assert.Equal(keys.Select(static key => Fields(key + ".pub")[1]), File.ReadAllLines(Path.Combine(directory, "list")).Select(static line => line.Split(' ')[1]));
        foreach (string key in keys)
        {
            string signers = Roots.NewFile("signers", $"me {string.Join(' ', Fields(key + ".pub")[..2])}\n");
            string signature = Path.Combine(directory, Path.GetFileName(key) + ".pub.sig");
            Command verify = new("ssh-keygen", "-Y", "verify", "-f", signers, "-I", "me", "-n", "test", "-s", signature) { Stdin = "signed\n" };
            Assert.Contains("Good \"test\" signature for me", verify.Run().Output, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Build_WithAnAgentsSocket_StepsCanUseItsKeysAndNotTakeThem()
    {
        CopyTools();
        string key = NewKey("key", ["ed25519", "256"]);
        string socket = Path.Combine(Roots.Top, "agent");
        using Process agent = Process.Start(new ProcessStartInfo("ssh-agent", ["-D", "-a", socket]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        try
        {
            // Its first line comes once it listens.
            Assert.NotNull(agent.StandardOutput.ReadLine());
            Command add = new("ssh-add", "-q", key) { Environment = new Dictionary<string, string?> { ["SSH_AUTH_SOCK"] = socket } };
            _ = add.Run().Exits(0);
            string output = Build(
                Tools +
                """
                USER 1234:5678
                RUN --mount=type=ssh,id=mine,uid=1234,gid=5678,mode=600 stat -c '%u:%g %a' $SSH_AUTH_SOCK && ssh-add -l && ! ssh-add -D
                RUN --mount=type=ssh test -z "$SSH_AUTH_SOCK"
                RUN --mount=type=ssh,id=mine,target=/here test "$SSH_AUTH_SOCK" = /here
                RUN --mount=type=ssh,id=mine ! ssh-add -l
                """,
                "--ssh", "mine=" + socket, "-t", "made");
            Assert.Contains("1234:5678 600\n", output, StringComparison.Ordinal);
            Assert.Contains("(ED25519)", output, StringComparison.Ordinal);
            Command list = new("ssh-add", "-L") { Environment = new Dictionary<string, string?> { ["SSH_AUTH_SOCK"] = socket } };
            Assert.Contains(Fields(key + ".pub")[1], list.Run().Output, StringComparison.Ordinal);
            Assert.Equal("no", In("made", "test -e /run/buildkit && echo yes || echo no"));
        }
        finally
        {
            agent.Kill();
            agent.WaitForExit();
        }
    }

    [Fact]
    public void Build_ARepositoryOverSsh_IsFetchedWithTheKeyThatIsGiven()
    {
        Assert.SkipWhen(SshServer.Missing is not null, SshServer.Missing ?? "");
        string key = NewKey("key", ["ed25519", "256"]);
        string repository = Roots.NewDirectory("repository");
        foreach (string[] words in (string[][])[["init", "-q", "-b", "main"], ["-c", "user.name=n", "-c", "user.email=e", "commit", "-qm", "first", "--allow-empty"]])
        {
            _ = Command.Output("git", ["-C", repository, .. words]);
        }

        using SshServer server = SshServer.Start(Roots.NewDirectory("sshd"), File.ReadAllText(key + ".pub").Trim());

        // ssh finds known_hosts in the home that the user has, whatever HOME says.
        string home = Roots.NewDirectory("home");
        string users = Roots.NewFile("users", $"root:x:0:0::{home}:/bin/sh\n");
        Directory.CreateDirectory(home + "/.ssh");
        File.WriteAllText(home + "/.ssh/known_hosts", server.KnownHost);
        string dockerfile = $"FROM busybox\nADD {server.Url(repository)}?keep-git-dir=true /source";
        Command build = AtHome(BuildCommand(dockerfile, "--ssh", "default=" + key, "-t", "made"), users);
        _ = build.Run().Exits(0);
        Assert.Equal(Command.Output("git", "-C", repository, "rev-parse", "HEAD"), In("made", "cat /source/.git/HEAD"));
        Assert.StartsWith("ADD ssh://***@127.0.0.1", History("made")[^1], StringComparison.Ordinal);

        // An unknown server is not trusted, and without the key there is no other.
        Assert.Contains("git ls-remote ended with status 128", AtHome(BuildCommand(dockerfile.Replace("?keep-git-dir=true", "", StringComparison.Ordinal)), users).Run().Exits(1).Stderr, StringComparison.Ordinal);
        File.Delete(home + "/.ssh/known_hosts");
        Assert.Contains("git fetch ended with status 128", AtHome(BuildCommand(dockerfile, "--no-cache", "--ssh", "default=" + key), users).Run().Exits(1).Stderr, StringComparison.Ordinal);
    }

    private static Command AtHome(Command command, string users) => command with
    {
        File = "unshare",
        Arguments = ["--mount", "sh", "-c", "mount --bind \"$0\" /etc/passwd && exec \"$@\"", users, command.File, .. command.Arguments],
    };

    [Fact]
    public void Build_WithWhatIsNoAgent_IsOneError()
    {
        string locked = NewKey("locked", ["ed25519", "256"], "secret");
        Fails("default=/nowhere", "ssh agent default: /nowhere: no such file or directory");
        Fails("default=" + locked, $"{locked}: a key with a passphrase cannot be used");
        Fails("default=" + Roots.NewFile("text", "text"), "not a private key");
        Fails("default=/dev/null", "ssh agent default: /dev/null: neither a socket nor a private key");
        string missing = BuildCommand("FROM busybox\nRUN --mount=type=ssh,required=true true").Run().Exits(1).Stderr;
        Assert.Contains("ssh agent default: not found", missing, StringComparison.Ordinal);
    }

    private void Fails(string ssh, string words) =>
        BuildCommand("FROM busybox\nRUN --mount=type=ssh true", "--ssh", ssh).Run().FailsWith(1, words);

    private string NewKey(string name, string[] type, string passphrase = "")
    {
        string path = Path.Combine(Roots.NewDirectory("keys"), name);
        _ = new Command("ssh-keygen", "-q", "-t", type[0], "-b", type[1], "-N", passphrase, "-C", "me", "-f", path).Run().Exits(0);
        return path;
    }

    private static string[] Fields(string path) => File.ReadAllText(path).Trim().Split(' ');

    /// <summary>OpenSSH's programs with the libraries that they need, and a user for them.</summary>
    private void CopyTools()
    {
        Write("ssh/etc/passwd", "root:x:0:0::/:/bin/sh\nuser:x:1234:5678::/:/bin/sh\n");
        foreach (string program in (string[])["/usr/bin/ssh-add", "/usr/bin/ssh-keygen"])
        {
            Copy(program, "ssh" + program);
            foreach (string line in Command.Run("ldd", program).Exits(0).Lines)
            {
                string? library = line.Split(' ', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries).FirstOrDefault(static word => word.StartsWith('/'));
                if (library is not null)
                {
                    Copy(library, "ssh" + library);
                }
            }
        }
    }

    private void Copy(string from, string to)
    {
        string path = Path.Combine(ContextDirectory, to);
        _ = Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.Copy(from, path, overwrite: true);
    }
}
