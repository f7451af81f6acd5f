using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Runtime.ExceptionServices;
using System.Text;
using System.Threading;
using FastRun.Native;
using FastRun.Native.Namespaces;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Tests.Networks;

/// <summary>A machine of a <see cref="NetworkLab"/>.</summary>
internal sealed class LabHost : IDisposable
{
    private static readonly TimeSpan s_long = TimeSpan.FromSeconds(60);

    /// <summary>How long it takes to believe that nothing comes: what should come and does is never lost by it.</summary>
    private static readonly TimeSpan s_short = TimeSpan.FromMilliseconds(300);

    private readonly NetlinkSocket _socket = new(NetlinkProtocol.Route);
    private readonly RouteBatch _batch = new();

    internal LabHost() => NetworkNamespace.Create(Namespace, _socket);

    internal Fd Namespace { get; } = new(-1);

    /// <summary>Runs something on a thread that is in the namespace; what is opened there stays there.</summary>
    internal T Run<T>(Func<T> function)
    {
        T result = default!;
        ExceptionDispatchInfo? failure = null;
        Thread thread = new(() =>
        {
            try
            {
                using NetworkNamespace.Visit visit = NetworkNamespace.Enter(Namespace);
                result = function();
            }
            catch (Exception exception)
            {
                failure = ExceptionDispatchInfo.Capture(exception);
            }
        });
        thread.Start();
        thread.Join();
        failure?.Throw();
        return result;
    }

    /// <summary>Carries requests out.</summary>
    internal void Route(Action<RouteBatch> write)
    {
        write(_batch);
        _batch.Send(_socket);
    }

    internal int Index(string link) => _batch.IndexOf(_socket, link);

    internal void SetAddress(string link, string address, int prefix)
    {
        int index = Index(link);
        IPAddress parsed = IPAddress.Parse(address);
        if (parsed.AddressFamily == AddressFamily.InterNetworkV6)
        {
            // An address is not to be used before it is known to be nobody else's: here it is.
            Run(() =>
            {
                File.WriteAllText($"/proc/sys/net/ipv6/conf/{link}/accept_dad", "0");
                return 0;
            });
        }

        Route(batch => batch.AddAddress(index, parsed, prefix));
    }

    /// <summary>Runs a program there, which must succeed; what it printed.</summary>
    internal string Tool(string program, string arguments, string input = "") => Run(() =>
    {
        ProcessStartInfo start = new(program, arguments)
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        using Process process = Process.Start(start)!;
        process.StandardInput.Write(input);
        process.StandardInput.Close();
        string output = process.StandardOutput.ReadToEnd();
        string error = process.StandardError.ReadToEnd();
        process.WaitForExit();
        Assert.True(process.ExitCode == 0, $"{program} {arguments}: {error}");
        return output;
    });

    /// <summary>Serves TCP until disposed: each connection is told where it comes from.</summary>
    internal TcpListener Serve(int port, string address = "0.0.0.0")
    {
        TcpListener listener = Run(() =>
        {
            TcpListener made = new(IPAddress.Parse(address), port);
            made.Start();
            return made;
        });
        _ = ServeAsync(listener);
        return listener;
    }

    /// <summary>Serves UDP until disposed: each datagram is answered with where it comes from.</summary>
    internal UdpClient ServeDatagrams(int port, string address = "0.0.0.0")
    {
        UdpClient server = Run(() => new UdpClient(new IPEndPoint(IPAddress.Parse(address), port)));
        _ = ServeAsync(server);
        return server;
    }

    /// <summary>The address that a server sees a connection come from.</summary>
    internal string Connect(string address, int port)
    {
        using Socket socket = Open(address, SocketType.Stream, ProtocolType.Tcp);
        Assert.True(socket.ConnectAsync(IPAddress.Parse(address), port).Wait(s_long), $"no connection to {address}:{port}");
        return Read(socket);
    }

    /// <summary>Whether a connection comes to be, or is refused by whom it was meant for, within a moment.</summary>
    internal bool Reaches(string address, int port, string? from = null)
    {
        using Socket socket = Open(address, SocketType.Stream, ProtocolType.Tcp);
        if (from is not null)
        {
            socket.Bind(new IPEndPoint(IPAddress.Parse(from), 0));
        }

        try
        {
            return socket.ConnectAsync(IPAddress.Parse(address), port).Wait(s_short);
        }
        catch (AggregateException exception) when (exception.InnerException is SocketException failure)
        {
            return failure.SocketErrorCode is SocketError.ConnectionRefused;
        }
    }

    /// <summary>The address that a server sees a datagram come from.</summary>
    internal string Ask(string address, int port)
    {
        using Socket socket = Open(address, SocketType.Dgram, ProtocolType.Udp);
        socket.Connect(IPAddress.Parse(address), port);
        socket.Send("?"u8);
        return Read(socket);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _batch.Dispose();
        _socket.Dispose();
        Namespace.Dispose();
    }

    private Socket Open(string address, SocketType type, ProtocolType protocol) =>
        Run(() => new Socket(IPAddress.Parse(address).AddressFamily, type, protocol));

    private static string Read(Socket socket)
    {
        byte[] buffer = new byte[256];
        socket.ReceiveTimeout = (int)s_long.TotalMilliseconds;
        return Encoding.ASCII.GetString(buffer, 0, socket.Receive(buffer));
    }

    private static async System.Threading.Tasks.Task ServeAsync(TcpListener listener)
    {
        try
        {
            while (true)
            {
                using TcpClient client = await listener.AcceptTcpClientAsync();
                await client.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Text(client.Client.RemoteEndPoint!)));
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException or IOException or InvalidOperationException)
        {
            // The test is over.
        }
    }

    private static async System.Threading.Tasks.Task ServeAsync(UdpClient server)
    {
        try
        {
            while (true)
            {
                UdpReceiveResult question = await server.ReceiveAsync();
                await server.SendAsync(Encoding.ASCII.GetBytes(Text(question.RemoteEndPoint)), question.RemoteEndPoint);
            }
        }
        catch (Exception exception) when (exception is SocketException or ObjectDisposedException)
        {
            // The test is over.
        }
    }

    private static string Text(EndPoint endpoint) => ((IPEndPoint)endpoint).Address.ToString();
}
