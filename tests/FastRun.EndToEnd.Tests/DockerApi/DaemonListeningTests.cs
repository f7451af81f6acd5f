using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Text;
using FastRun.EndToEnd.Tests.Containers;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Where <c>fastrun daemon</c> listens, and whom it lets in.</summary>
public sealed class DaemonListeningTests : ContainerTest
{
    private readonly List<Process> _daemons = [];

    public DaemonListeningTests(TestImages images)
        : base(images)
    {
    }

    private string SocketPath => Path.Combine(Roots.Top, "api.sock");

    [Theory]
    [InlineData("tcp://127.0.0.1:0")]
    [InlineData("tcp://0.0.0.0:0")]
    public void Tcp_WithoutTls_IsRefused(string address) => FastRun("daemon", "-H", address).Run()
        .FailsWith(1, $"{address}: refused: whoever can reach it would be root on this machine", "--allow-plain-tcp");

    [Theory]
    [InlineData("--tlsverify needs", "--tlsverify", "--tlscacert", "ca.pem")]
    [InlineData("are for --tlsverify", "--tlscert", "x", "--tlskey", "y")]
    [InlineData("exclude each other", "--tlsverify", "--tlscacert", "a", "--tlscert", "b", "--tlskey", "c", "--allow-plain-tcp")]
    public void Tls_HalfOfIt_IsNone(string words, params string[] flags) =>
        FastRun(["daemon", "-H", "tcp://127.0.0.1:0", .. flags]).Run().FailsWith(125, words);

    [Theory]
    [InlineData("http://127.0.0.1:1")]
    [InlineData("unix://relative")]
    [InlineData("fd://x")]
    public void Host_OfAnotherKind_IsRefused(string address) => FastRun("daemon", "-H", address).Run().FailsWith(1, "is no place to listen at");

    [Fact]
    public void Tcp_PlainInSoManyWords_IsServedWithAWarning()
    {
        Process daemon = Start(FastRun("daemon", "-H", "tcp://127.0.0.1:0", "--allow-plain-tcp"), 1, out string[] addresses);

        Assert.Equal("1.52", Command.Output("docker", "-H", addresses[0], "version", "--format", "{{.Server.APIVersion}}"));
        Assert.Contains("is root on this machine (--allow-plain-tcp)", Stop(daemon), StringComparison.Ordinal);
    }

    /// <summary>What a browser sends for a page of another site, or for one whose name leads here (DNS rebinding).</summary>
    [Theory]
    [InlineData("Host: attacker.test", 403)]
    [InlineData("Host: attacker.test:2375", 403)]
    [InlineData("Host: 127.0.0.1.attacker.test", 403)]
    [InlineData("Host: attacker.test.", 403)]
    [InlineData("Host: 127.0.0.1\r\nOrigin: http://attacker.test", 403)]
    [InlineData("Host: 127.0.0.1\r\nOrigin: null", 403)]
    [InlineData("Host: 127.0.0.1\r\nSec-Fetch-Site: cross-site", 403)]
    [InlineData("Host: 127.0.0.1\r\nSec-Fetch-Site: same-site", 403)]
    [InlineData("Host: attacker.test\r\nOrigin: http://attacker.test\r\nSec-Fetch-Site: same-origin", 403)]
    [InlineData("Host: 127.0.0.1:2375", 200)]
    [InlineData("Host: [::1]:2375", 200)]
    [InlineData("Host: localhost", 200)]
    [InlineData("Host: docker:2375", 200)]
    [InlineData("Host: docker.ci.svc.cluster.local:2375", 200)]
    [InlineData("Host: 127.0.0.1:2375\r\nOrigin: http://127.0.0.1:2375", 200)]
    public void Tcp_Plain_WebPages_AreKeptOut(string fields, int status)
    {
        _ = Start(FastRun("daemon", "-H", "tcp://127.0.0.1:0", "--allow-plain-tcp"), 1, out string[] addresses);
        Uri address = new(addresses[0]);
        foreach (string path in (string[])["/_ping", "/v1.40/containers/json"])
        {
            using Socket socket = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { ReceiveTimeout = 60_000 };
            socket.Connect(address.Host, address.Port);
            socket.Send(Encoding.ASCII.GetBytes($"GET {path} HTTP/1.1\r\n{fields}\r\nConnection: close\r\n\r\n"));
            byte[] answer = new byte[4096];
            Assert.StartsWith($"HTTP/1.1 {status} ", Encoding.ASCII.GetString(answer, 0, socket.Receive(answer)), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Tls_AClientWithACertificate_HasEverything()
    {
        using CertificateAuthority authority = new(Roots.NewDirectory("ca"));
        string address = StartTls(authority);
        (string certificate, string key) = authority.Issue("root", CertificateAuthority.Client);
        Load();

        Command run = Client(address, authority.File, certificate, key, "run", "-i", "--rm", "--network", "none", "busybox:test", "sh", "-c", "wc -c; echo err >&2; exit 3")
            with { Stdin = new string('x', 300_000) };
        CommandResult result = run.Run().Exits(3);
        Assert.Equal("300000\n", result.Stdout);
        Assert.Equal("err\n", result.Stderr);
    }

    [Fact]
    public void Tls_ClientsWithoutAGoodCertificate_AreKeptOut()
    {
        using CertificateAuthority authority = new(Roots.NewDirectory("ca"));
        using CertificateAuthority stranger = new(Roots.NewDirectory("stranger"));
        string address = StartTls(authority);

        // Of another authority with the same name; for servers; expired; none at all; and no TLS.
        (string certificate, string key) = stranger.Issue("client", CertificateAuthority.Client);
        Refused(Client(address, authority.File, certificate, key, "version", "--format", "{{.Server.APIVersion}}"));
        (certificate, key) = authority.Issue("server-only", CertificateAuthority.Server);
        Refused(Client(address, authority.File, certificate, key, "version", "--format", "{{.Server.APIVersion}}"));
        (certificate, key) = authority.Issue("expired", CertificateAuthority.Client, DateTimeOffset.UtcNow.AddDays(-1));
        Refused(Client(address, authority.File, certificate, key, "version", "--format", "{{.Server.APIVersion}}"));
        Refused(new Command("docker", "-H", address, "--tls", "version", "--format", "{{.Server.APIVersion}}"));
        Refused(new Command("docker", "-H", address, "version", "--format", "{{.Server.APIVersion}}"));

        // And a good one gets in afterwards.
        (certificate, key) = authority.Issue("good", CertificateAuthority.Client);
        Assert.Equal("1.52", Client(address, authority.File, certificate, key, "version", "--format", "{{.Server.APIVersion}}").Run().Output);
    }

    [Fact]
    public void Tls_WithoutATcpAddress_IsAnError()
    {
        using CertificateAuthority authority = new(Roots.NewDirectory("ca"));
        (string certificate, string key) = authority.Issue("server", CertificateAuthority.Server);

        FastRun("daemon", "-H", "unix://" + SocketPath, "--tlsverify", "--tlscacert", authority.File, "--tlscert", certificate, "--tlskey", key)
            .Run().FailsWith(1, "of which there is none");
        FastRun("daemon", "-H", "tcp://127.0.0.1:0", "--tlsverify", "--tlscacert", key, "--tlscert", certificate, "--tlskey", key)
            .Run().FailsWith(1, "no certificate of an authority");
        Assert.False(File.Exists(SocketPath));
    }

    [Fact]
    public void Hosts_SeveralAtOnce_AreAllServed()
    {
        string second = Path.Combine(Roots.Top, "deep", "er", "second.sock");
        Process daemon = Start(
            FastRun("daemon", "-H", "unix://" + SocketPath, "-H", "unix://" + second, "-H", "tcp://127.0.0.1:0", "--allow-plain-tcp"), 3, out string[] addresses);

        Assert.Equal(["unix://" + SocketPath, "unix://" + second], addresses[..2]);
        foreach (string address in addresses)
        {
            Assert.Equal("1.52", Command.Output("docker", "-H", address, "version", "--format", "{{.Server.APIVersion}}"));
        }

        Assert.Equal("660 0 0", Command.Output("stat", "-c", "%a %u %g", second));
        Stop(daemon);
        Assert.False(File.Exists(SocketPath));
        Assert.False(File.Exists(second));
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(second)!));
    }

    [Fact]
    public void Socket_OfALivingDaemon_IsRespected_OfADeadOne_Replaced()
    {
        Command command = FastRun("daemon", "-H", "unix://" + SocketPath, "-G", "1000");
        Process first = Start(command, 1, out _);
        command.Run().FailsWith(1, SocketPath, "another daemon listens there");
        Assert.Equal("1.52", Command.Output("docker", "-H", "unix://" + SocketPath, "version", "--format", "{{.Server.APIVersion}}"));

        first.Kill();
        first.WaitForExit();
        Assert.True(File.Exists(SocketPath));
        Start(command, 1, out _);
        Assert.Equal("1.52", Command.Output("docker", "-H", "unix://" + SocketPath, "version", "--format", "{{.Server.APIVersion}}"));
        Assert.Equal("660 0 1000", Command.Output("stat", "-c", "%a %u %g", SocketPath));
    }

    [Fact]
    public void Socket_WhereSomethingElseIs_TouchesNothing()
    {
        string file = Roots.NewFile("precious", "content");
        FastRun("daemon", "-H", "unix://" + file).Run().FailsWith(1, file, "no socket");
        Assert.Equal("content", File.ReadAllText(file));

        // Another program's socket, which has no lock beside it.
        using Socket other = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        other.Bind(new UnixDomainSocketEndPoint(SocketPath));
        other.Listen();
        FastRun("daemon", "-H", "unix://" + SocketPath).Run().FailsWith(1, SocketPath, "another daemon listens there");
        Assert.True(File.Exists(SocketPath));
    }

    [Fact]
    public void Activation_BySystemd_ServesWhatIsPassed()
    {
        // As systemd does it: the sockets are the descriptors from 3 on, and the process keeps the id that LISTEN_PID names.
        const string activate = """
            import os, socket, sys
            unix = socket.socket(socket.AF_UNIX); unix.bind(sys.argv[1]); unix.listen()
            tcp = socket.socket(); tcp.bind(("127.0.0.1", 0)); tcp.listen()
            print(tcp.getsockname()[1], flush=True)
            a, b = os.dup(unix.fileno()), os.dup(tcp.fileno())
            unix.close(); tcp.close()
            a, b = os.dup2(a, 103), os.dup2(b, 104)
            os.dup2(a, 3); os.dup2(b, 4)
            os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS="2")
            os.closerange(5, 105)
            os.execv(sys.argv[2], sys.argv[2:])
            """;
        using Socket supervisor = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        string notify = Path.Combine(Roots.Top, "notify");
        supervisor.Bind(new UnixDomainSocketEndPoint(notify));
        Command command = new("/usr/bin/python3", "-c", activate, SocketPath, Repository.Binary, "--data-root", Roots.Data, "--run-root", Roots.Run, "daemon", "-H", "fd://", "--allow-plain-tcp")
        {
            Environment = new Dictionary<string, string?> { ["NOTIFY_SOCKET"] = notify },
        };
        Process daemon = command.Start();
        _daemons.Add(daemon);
        string port = daemon.StandardOutput.ReadLine()!;
        Assert.Equal("listening at fd://3", daemon.StandardOutput.ReadLine());
        Assert.Equal("listening at fd://4", daemon.StandardOutput.ReadLine());
        byte[] told = new byte[64];
        Assert.Equal("READY=1", Encoding.ASCII.GetString(told, 0, supervisor.Receive(told)));

        Load();
        Assert.Equal("1.52", Command.Output("docker", "-H", "tcp://127.0.0.1:" + port, "version", "--format", "{{.Server.APIVersion}}"));
        Command.Run("docker", "-H", "unix://" + SocketPath, "run", "-d", "--name", "kept", "--network", "none", "busybox:test", "sleep", "1000").Exits(0);

        // What the daemon starts has none of them: they end with it.
        Stop(daemon);
        using Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        Assert.Throws<SocketException>(() => client.Connect(new UnixDomainSocketEndPoint(SocketPath)));
        Assert.Equal("running", StateOf("kept"));
        Assert.True(File.Exists(SocketPath));
    }

    [Fact]
    public void Activation_WithoutSockets_SaysSo()
    {
        FastRun("daemon", "-H", "fd://").Run().FailsWith(1, "fd://: no such socket was passed", "LISTEN_FDS");
        Command other = FastRun("daemon", "-H", "fd://") with
        {
            Environment = new Dictionary<string, string?> { ["LISTEN_PID"] = "1", ["LISTEN_FDS"] = "1" },
        };
        other.Run().FailsWith(1, "no such socket was passed");
    }

    [Fact]
    public void PidFile_HasTheProcess_WhileItRuns()
    {
        string file = Path.Combine(Roots.Top, "daemon.pid");
        Process daemon = Start(FastRun("daemon", "-H", "unix://" + SocketPath, "-p", file), 1, out _);

        Assert.Equal(daemon.Id.ToString(CultureInfo.InvariantCulture) + "\n", File.ReadAllText(file));
        Stop(daemon);
        Assert.False(File.Exists(file));
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        foreach (Process daemon in _daemons)
        {
            if (!daemon.HasExited)
            {
                Stop(daemon);
            }

            daemon.Dispose();
        }

        base.Dispose(disposing);
    }

    private static void Refused(Command command)
    {
        CommandResult result = command.Run();
        Assert.NotEqual(0, result.ExitCode);
        Assert.DoesNotContain("1.52", result.Stdout, StringComparison.Ordinal);
    }

    private static Command Client(string address, string authority, string certificate, string key, params string[] words) => new(
        "docker", ["-H", address, "--tlsverify", "--tlscacert", authority, "--tlscert", certificate, "--tlskey", key, .. words]);

    private string StartTls(CertificateAuthority authority)
    {
        (string certificate, string key) = authority.Issue("daemon", CertificateAuthority.Server);
        Start(
            FastRun("daemon", "-H", "tcp://127.0.0.1:0", "--tlsverify", "--tlscacert", authority.File, "--tlscert", certificate, "--tlskey", key),
            1, out string[] addresses);
        return addresses[0];
    }

    private void Load()
    {
        string tar = Path.Combine(Roots.Top, "busybox.tar");
        File.WriteAllBytes(tar, BusyboxRoot.Tar().ToArray());
        FastRun("import", tar, "busybox:test").Run().Exits(0);
    }

    private Process Start(Command command, int addresses, out string[] listening)
    {
        Process daemon = command.Start();
        _daemons.Add(daemon);
        listening = new string[addresses];
        for (int i = 0; i < addresses; i++)
        {
            string? line = daemon.StandardOutput.ReadLine();
            Assert.True(line?.StartsWith("listening at ", StringComparison.Ordinal) == true, line ?? daemon.StandardError.ReadToEnd());
            listening[i] = line!["listening at ".Length..];
        }

        return daemon;
    }

    /// <summary>Asks it to end, and returns what it said on standard error.</summary>
    private static string Stop(Process daemon)
    {
        _ = Command.Run("kill", "-TERM", daemon.Id.ToString(CultureInfo.InvariantCulture));
        string errors = daemon.StandardError.ReadToEnd();
        Assert.True(daemon.WaitForExit(TimeSpan.FromSeconds(60)));
        return errors;
    }
}
