using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>A server that is a program for each connection, as inetd has them, behind a port of our own on loopback.</summary>
internal abstract class InetdServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _program;
    private readonly string[] _arguments;
    private int _requests;

    private protected InetdServer(string program, params string[] arguments)
    {
        (_program, _arguments) = (program, arguments);
        _listener.Start();
        new Thread(Accept) { IsBackground = true, Name = program + " server" }.Start();
    }

    /// <summary>How many connections there were.</summary>
    internal int Requests => Volatile.Read(ref _requests);

    /// <summary>Where it listens.</summary>
    internal int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <inheritdoc/>
    public void Dispose() => _listener.Stop();

    private void Accept()
    {
        while (true)
        {
            TcpClient client;
            try
            {
                client = _listener.AcceptTcpClient();
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
            {
                return;
            }

            Interlocked.Increment(ref _requests);
            new Thread(() => Serve(client)) { IsBackground = true, Name = _program + " connection" }.Start();
        }
    }

    private void Serve(TcpClient client)
    {
        using (client)
        {
            ProcessStartInfo start = new(_program, _arguments) { RedirectStandardInput = true, RedirectStandardOutput = true };
            using Process process = Process.Start(start)!;
            NetworkStream stream = client.GetStream();
            Task incoming = Task.Run(() =>
            {
                Relay(stream, process.StandardInput.BaseStream);

                // A program that reads on learns that nothing more comes.
                process.StandardInput.Close();
            });
            Relay(process.StandardOutput.BaseStream, stream);
            process.WaitForExit();
            client.Close();
            incoming.Wait();
        }
    }

    private static void Relay(Stream from, Stream to)
    {
        try
        {
            byte[] buffer = new byte[65536];
            int read;
            while ((read = from.Read(buffer)) > 0)
            {
                to.Write(buffer, 0, read);
                to.Flush();
            }
        }
        catch (Exception e) when (e is IOException or ObjectDisposedException)
        {
            // One side is gone, and so goes the other.
        }
    }
}
