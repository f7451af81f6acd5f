using System;
using System.Buffers.Binary;
using System.IO;
using System.Net.Sockets;
using FastRun.Engine.Build.Ssh;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Build.Ssh;

/// <summary>What a step may ask of an agent, and what becomes of who asks for anything else.</summary>
public sealed class AgentServerTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-agent-").FullName;
    private readonly AgentServer _server;

    public AgentServerTests() => _server = AgentServer.Start(FileAt.OpenDirectory(null, _directory), "agent", new Echo(), (0, 0), 0b_110_000_000);

    public void Dispose()
    {
        _server.Dispose();
        Assert.Empty(Directory.GetFileSystemEntries(_directory));
        Directory.Delete(_directory);
    }

    [Theory]
    [InlineData(11, true)]
    [InlineData(13, true)]
    [InlineData(1, false)]
    [InlineData(17, false)]
    [InlineData(18, false)]
    [InlineData(19, false)]
    [InlineData(20, false)]
    [InlineData(22, false)]
    [InlineData(25, false)]
    [InlineData(27, false)]
    public void Request_OnlyListsAndSignatures_AreAnswered(byte type, bool isAnswered)
    {
        using Socket client = Connect();
        Send(client, [type, 7, 8]);
        Assert.Equal(isAnswered ? [type, 7, 8] : [AgentMessage.Failure], Receive(client));

        // The connection goes on.
        Send(client, [11]);
        Assert.Equal([11], Receive(client));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(0x40001u)]
    [InlineData(uint.MaxValue)]
    public void Request_OfALengthThatNoneHas_EndsTheConnection(uint length)
    {
        using Socket client = Connect();
        byte[] header = new byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(header, length);
        Assert.Equal(4, client.Send(header));
        Assert.Equal(0, client.Receive(new byte[1]));
    }

    [Fact]
    public void Dispose_WithAClientThatSaysNothing_Ends()
    {
        using Socket silent = Connect();
        using Socket half = Connect();
        Assert.Equal(2, half.Send([0, 0]));
    }

    [Fact]
    public void Connections_MoreThanAreServedAtOnce_AreServedLater()
    {
        Socket[] clients = new Socket[40];
        for (int i = 0; i < clients.Length; i++)
        {
            clients[i] = Connect();
        }

        foreach (Socket client in clients)
        {
            Send(client, [11, 1]);
            Assert.Equal([11, 1], Receive(client));
            client.Dispose();
        }
    }

    private Socket Connect()
    {
        Socket client = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 60_000 };
        client.Connect(new UnixDomainSocketEndPoint(Path.Combine(_directory, "agent")));
        return client;
    }

    private static void Send(Socket client, byte[] message)
    {
        byte[] framed = [0, 0, 0, (byte)message.Length, .. message];
        Assert.Equal(framed.Length, client.Send(framed));
    }

    private static byte[] Receive(Socket client)
    {
        byte[] header = new byte[4];
        for (int got = 0; got < 4;)
        {
            int read = client.Receive(header.AsSpan(got));
            Assert.NotEqual(0, read);
            got += read;
        }

        byte[] message = new byte[BinaryPrimitives.ReadInt32BigEndian(header)];
        for (int got = 0; got < message.Length;)
        {
            int read = client.Receive(message.AsSpan(got));
            Assert.NotEqual(0, read);
            got += read;
        }

        return message;
    }

    private sealed class Echo : ISshAgent
    {
        public byte[]? Answer(byte[] request, Fd stop) => request;
    }
}
