using System;
using System.Collections.Generic;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.DockerApi;

/// <summary>Clients that send or read little, or nothing any more, in every state of a connection: others are served, and nothing remains of them.</summary>
public sealed class ApiSlowClientTests(TestImages images) : ApiTest(images)
{
    private const int Slack = 8;

    /// <summary>What each sends, and whether an answer begins before anything more comes.</summary>
    private static readonly (string Request, bool IsAnswered)[] s_states =
    [
        ("", false),
        ("GET /_ping HTTP/1.1\r\nHost: a\r\nX", false),
        ("GET /_ping HTTP/1.1\r\nHost: a\r\n\r\n", true),
        ("POST /containers/create HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{", false),
        ("POST /containers/create HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n", false),
        ("PUT /containers/web/archive?path=/tmp HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfile\r\n", false),
        ("POST /images/load HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfile\r\n", false),
        ("POST /build HTTP/1.1\r\nHost: a\r\nContent-Type: application/x-tar\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfile\r\n", false),
        ("GET /events HTTP/1.1\r\nHost: a\r\n\r\n", true),
        ("GET /containers/web/logs?follow=1&stdout=1 HTTP/1.1\r\nHost: a\r\n\r\n", true),
        ("GET /containers/web/stats HTTP/1.1\r\nHost: a\r\n\r\n", true),
        ("POST /containers/web/wait HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", true),
        ("POST /containers/web/attach?stream=1&stdout=1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n", true),
        ("POST /containers/new/attach?stream=1&stdout=1&stdin=1 HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Length: 0\r\n\r\n", true),
    ];

    [Fact]
    public void Connections_DroppedInEveryState_LeaveNothing()
    {
        FastRun("run", "-d", "--name", "web", "--network", "none", "busybox:test", "sh", "-c", "while :; do echo line; sleep 0.1; done").Run().Exits(0);
        FastRun("create", "--name", "new", "-i", "--network", "none", "busybox:test", "true").Run().Exits(0);
        Crowd(2);
        ProcessCensus before = ProcessCensus.Of(Daemon.ProcessId);

        // More than two hundred at once, a few times.
        for (int round = 0; round < 3; round++)
        {
            Crowd(16);
        }

        ProcessCensus.ReturnsTo(before, Daemon.ProcessId, Slack);
        FastRun("rm", "-f", "web", "new").Run().Exits(0);
    }

    [Theory]
    [InlineData("/containers/big/logs?stdout=1")]
    [InlineData("/containers/big/export")]
    [InlineData("/containers/big/archive?path=/file")]
    [InlineData("/images/busybox:test/get")]
    public void Answers_ThatNobodyReads_CostNoMemory(string path)
    {
        FastRun(
            "run", "-d", "--name", "big", "--network", "none", "busybox:test", "sh", "-c",
            "head -c 20000000 /dev/zero > /file; yes this is a line of a program that writes much | head -c 8000000; exec sleep 1000").Run().Exits(0);
        Assert.True(Processes.Eventually(() => FastRun("top", "big", "-o", "args").Run().Lines is ["COMMAND", "sleep 1000"]));
        Assert.Equal(200, Daemon.Ask("GET", "/_ping").Status);
        ProcessCensus before = ProcessCensus.Of(Daemon.ProcessId);
        List<ApiConnection> clients = [];
        try
        {
            for (int i = 0; i < 10; i++)
            {
                ApiConnection client = new(Daemon.SocketPath);
                clients.Add(client);
                client.Send($"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n");
                Assert.StartsWith("HTTP/1.1 200", client.Read(), StringComparison.Ordinal);
            }

            Assert.Equal(200, Daemon.Ask("GET", "/_ping").Status);
            Assert.InRange(ProcessCensus.Of(Daemon.ProcessId).AnonymousKilobytes, 0, before.AnonymousKilobytes + (48 << 10));
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }

        ProcessCensus.ReturnsTo(before, Daemon.ProcessId, Slack);
        FastRun("rm", "-f", "big").Run().Exits(0);
    }

    [Fact]
    public void Tar_ThatComesByteByByte_IsUnpackedAtItsEnd()
    {
        FastRun("run", "-d", "--name", "web", "--network", "none", "busybox:test", "sleep", "1000").Run().Exits(0);
        byte[] tar = new LayerTar().File("slow", "content\n").ToArray();
        using ApiConnection client = new(Daemon.SocketPath);
        client.Send($"PUT /containers/web/archive?path=/tmp HTTP/1.1\r\nHost: a\r\nConnection: close\r\nContent-Length: {tar.Length}\r\n\r\n");
        for (int i = 0; i < tar.Length; i++)
        {
            Assert.True(client.Send(tar.AsSpan(i, 1)));
        }

        Assert.StartsWith("HTTP/1.1 200", client.ReadToEnd(), StringComparison.Ordinal);
        Assert.Equal("content", FastRun("exec", "web", "cat", "/tmp/slow").Run().Exits(0).Output);
        FastRun("rm", "-f", "web").Run().Exits(0);
    }

    /// <summary>So many connections in each state, half of them ended in their own direction; then all are dropped at once.</summary>
    private void Crowd(int each)
    {
        List<ApiConnection> clients = [];
        try
        {
            foreach ((string request, bool isAnswered) in s_states)
            {
                for (int i = 0; i < each; i++)
                {
                    ApiConnection client = new(Daemon.SocketPath);
                    clients.Add(client);
                    client.Send(request);
                    if (isAnswered)
                    {
                        Assert.Matches("^HTTP/1.1 (101|200)", client.Read());
                    }

                    if (i % 2 == 1)
                    {
                        client.EndInput();
                    }
                }
            }

            Assert.Equal(200, Daemon.Ask("GET", "/_ping").Status);
        }
        finally
        {
            clients.ForEach(static client => client.Dispose());
        }
    }
}
