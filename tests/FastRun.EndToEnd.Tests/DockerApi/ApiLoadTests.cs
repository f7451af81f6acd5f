using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Many clients, and clients that leave in the middle: afterwards the daemon holds what it held before.</summary>
public sealed class ApiLoadTests(TestImages images) : ApiTest(images)
{
    private const int Clients = 8;

    /// <summary>KiB of its own that the daemon has at rest, at most: more than half of it is there before the first client.</summary>
    private const int LargestAtRest = 16 << 10;
    private const string Script = """{"AttachStdout":true,"AttachStderr":true,"AttachStdin":true,"Cmd":["sh","-c","echo begin; head -c 1 > /dev/null; seq 1 2000; echo end"]}""";

    [Fact]
    public void Exec_ClientsThatLeaveAtAnyPoint_LeaveNothing() => LeaveAtAnyPoint(500);

    [Fact(Explicit = true)]
    public void Exec_TenThousandClientsThatLeaveAtAnyPoint_LeaveNothing() => LeaveAtAnyPoint(10_000);

    /// <summary>To one container, and to several: each client gets all that its container writes, once it is attached.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(10)]
    public void Attach_TwoHundredClients_AllGetAll(int containers)
    {
        string[] names = [.. Enumerable.Range(0, containers).Select(static number => "crowd" + number)];
        Array.ForEach(names, name => Run(name, "until [ -e /tmp/go ]; do sleep 0.1; done; seq 1 1000"));
        ProcessCensus before = ProcessCensus.Of(Daemon.ProcessId);
        string expected = string.Concat(Enumerable.Range(1, 1000).Select(static number => number + "\n"));
        List<ApiConnection> attached = [];
        try
        {
            for (int i = 0; i < 200; i++)
            {
                ApiConnection connection = new(Daemon.SocketPath);
                attached.Add(connection);
                Assert.True(connection.Upgrade($"/v1.41/containers/{names[i % containers]}/attach?stream=1&stdout=1"));
                Assert.StartsWith("HTTP/1.1 101", connection.ReadUntil("\r\n\r\n"), StringComparison.Ordinal);
            }

            // The header comes before the supervisor knows of the client.
            Assert.True(Processes.Eventually(() => FastRun("events", "--since", "10m", "--until", "0s", "-f", "event=attach").Run().Lines.Length >= 200));
            Array.ForEach(names, name => FastRun("exec", name, "touch", "/tmp/go").Run().Exits(0));
            Assert.All(attached, connection => Assert.Equal(expected, Unframed(connection.ReadToEnd())));
        }
        finally
        {
            attached.ForEach(static connection => connection.Dispose());
        }

        ReturnsTo(before);
    }

    [Fact]
    public void Attach_ClientThatReadsNothing_CostsNoMemory()
    {
        Run("loud", "yes this is a line of a program that writes as fast as it can");
        Assert.Equal(200, Daemon.Ask("GET", "/_ping").Status);
        ProcessCensus before = ProcessCensus.Of(Daemon.ProcessId);
        List<ApiConnection> attached = [];
        try
        {
            for (int i = 0; i < 10; i++)
            {
                ApiConnection connection = new(Daemon.SocketPath);
                attached.Add(connection);
                Assert.True(connection.Upgrade("/containers/loud/attach?stream=1&stdout=1"));
                Assert.NotEqual("", connection.Read());
            }

            Assert.InRange(ProcessCensus.Of(Daemon.ProcessId).AnonymousKilobytes, 0, before.AnonymousKilobytes + (32 << 10));
            Assert.Equal(200, Daemon.Ask("GET", "/_ping").Status);

            // The container waits for the slowest of them, as with Docker; when those are gone it goes on.
            attached[1..].ForEach(static connection => connection.Dispose());
            for (int total = 0; total < 20_000_000;)
            {
                int length = attached[0].Read().Length;
                Assert.NotEqual(0, length);
                total += length;
            }

            Assert.InRange(ProcessCensus.Of(Daemon.ProcessId).AnonymousKilobytes, 0, before.AnonymousKilobytes + (32 << 10));
        }
        finally
        {
            attached.ForEach(static connection => connection.Dispose());
        }

        FastRun("rm", "-f", "loud").Run().Exits(0);
        ReturnsTo(before);
    }

    [Fact]
    public void Daemon_KilledUnderLoad_HarmsNoContainer()
    {
        Run("web", "exec sleep 1000");
        int started = 0;
        Thread[] clients = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            try
            {
                while (true)
                {
                    using ApiConnection connection = new(Daemon.SocketPath);
                    (int status, string body) = Daemon.Ask("POST", "/containers/web/exec", """{"AttachStdout":true,"Cmd":["echo","one"]}""");
                    if (status == 201 && connection.Upgrade($"/exec/{(string)JsonNode.Parse(body)!["Id"]!}/start", "{}"))
                    {
                        connection.ReadToEnd();
                        Interlocked.Increment(ref started);
                    }
                }
            }
            catch (Exception e) when (e is System.Net.Sockets.SocketException or System.Net.Http.HttpRequestException or TaskCanceledException or IOException)
            {
                // The daemon is gone.
            }
        }))];
        Array.ForEach(clients, static client => client.Start());
        Assert.True(Processes.Eventually(() => Volatile.Read(ref started) > 20));
        Daemon.Kill();
        Array.ForEach(clients, static client => client.Join());

        Assert.Equal("running", StateOf("web"));
        using EngineDaemon next = new(Roots);
        Assert.Equal("alive", next.Docker("exec", "web", "echo", "alive").Run().Output);
        Assert.True(Processes.Eventually(() => FastRun("top", "web", "-o", "args").Run().Lines is ["COMMAND", "sleep 1000"]));
    }

    private void LeaveAtAnyPoint(int count)
    {
        string id = Run("web", "exec sleep 100000");
        Play(0, 50);

        // A process goes on when its client leaves, as with Docker; but its input has ended, and these read it.
        Assert.True(Processes.Eventually(() => !Held(id).Exists(static what => what.Contains(" hold-exec ", StringComparison.Ordinal)), seconds: 120));
        IReadOnlyList<string> held = Held(id);
        ProcessCensus before = ProcessCensus.Of(Daemon.ProcessId);
        Play(50, 50 + count);

        // Nobody is connected any more: it comes to rest, with nothing of what was.
        ProcessCensus.ReturnsTo(before with { AnonymousKilobytes = LargestAtRest }, Daemon.ProcessId, slack: 2, memorySlack: 0);
        Assert.True(Processes.Eventually(() => Held(id).SequenceEqual(held), seconds: 120), string.Join('\n', Held(id).Except(held)));
        CommandResult left = FastRun("top", "web", "-o", "pid,stat,args").Run();
        Assert.True(left.Lines.Length == 2, left.Output);
    }

    /// <summary>What there is of this test on the machine: processes, mounts, what runs have on disk, and the container's cgroups.</summary>
    private List<string> Held(string id) =>
    [
        .. Processes.With(Roots.Top).Select(Processes.CommandLine).Where(static words => words.Length > 0).Order(StringComparer.Ordinal),
        .. Roots.Leftovers().Order(StringComparer.Ordinal),
        .. Directory.EnumerateDirectories("/sys/fs/cgroup", "*", new EnumerationOptions { RecurseSubdirectories = true, IgnoreInaccessible = true })
            .Where(path => path.Contains(id, StringComparison.Ordinal)).Order(StringComparer.Ordinal),
    ];

    private void Play(int from, int to) =>
        Parallel.For(from, to, new ParallelOptions { MaxDegreeOfParallelism = Clients }, number => Leave(number % 7));

    /// <summary>One client, which leaves at one of the points at which it can.</summary>
    private void Leave(int point)
    {
        // On a connection of its own, which is not kept: else the daemon would wait for what comes next.
        using ApiConnection creating = new(Daemon.SocketPath);
        creating.Send($"POST /containers/web/exec HTTP/1.1\r\nHost: engine\r\nConnection: close\r\nContent-Length: {Script.Length}\r\n\r\n{Script}");
        string created = creating.ReadToEnd();
        Assert.StartsWith("HTTP/1.1 201", created, StringComparison.Ordinal);
        string path = $"/exec/{(string)JsonNode.Parse(created[created.IndexOf("\r\n\r\n", StringComparison.Ordinal)..])!["Id"]!}/start";
        if (point == 0)
        {
            return;
        }

        using ApiConnection connection = new(Daemon.SocketPath);
        if (point == 1)
        {
            // In the middle of the request.
            connection.Send($"POST {path} HTTP/1.1\r\nHost: engine\r\nContent-Length: 100\r\n\r\n{{");
            return;
        }

        connection.Upgrade(path, "{}");
        if (point == 2)
        {
            return;
        }

        string all = connection.ReadUntil(point == 3 ? "\r\n\r\n" : "begin");
        Assert.StartsWith("HTTP/1.1 101", all, StringComparison.Ordinal);
        switch (point)
        {
            case 4:
                connection.EndInput();
                break;
            case 5:
                connection.Send("x");
                break;
            case 6:
                connection.Send("x");
                connection.EndInput();
                Assert.EndsWith("end\n", all + connection.ReadToEnd(), StringComparison.Ordinal);
                break;
            default:
                break;
        }
    }

    /// <summary>Connections that a client keeps for its next request are its own.</summary>
    private void ReturnsTo(ProcessCensus before) => ProcessCensus.ReturnsTo(before, Daemon.ProcessId, Clients);

    private string Run(string name, string script) =>
        FastRun("run", "-d", "--name", name, "--network", "none", "--log-driver", "none", "busybox:test", "sh", "-c", script).Run().Exits(0).Output;

    private static string Unframed(string frames)
    {
        System.Text.StringBuilder text = new();
        for (int at = 0; at < frames.Length;)
        {
            int length = (frames[at + 4] << 24) | (frames[at + 5] << 16) | (frames[at + 6] << 8) | frames[at + 7];
            text.Append(frames.AsSpan(at + 8, length));
            at += 8 + length;
        }

        return text.ToString();
    }
}
