using System;
using System.Diagnostics;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>Git's own server of its protocol, <c>git daemon</c>, behind a port of our own.</summary>
internal sealed class GitServer : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly string _directory;
    private int _requests;

    /// <param name="directory">The directory whose repositories it serves.</param>
    internal GitServer(string directory)
    {
        _directory = directory;
        _listener.Start();
        Url = $"git://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";
        new Thread(Accept) { IsBackground = true, Name = "git server" }.Start();
    }

    /// <summary>How many connections there were.</summary>
    internal int Requests => Volatile.Read(ref _requests);

    /// <summary>Where it is, with a slash at the end.</summary>
    internal string Url { get; }

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
            new Thread(() => Serve(client)) { IsBackground = true, Name = "git connection" }.Start();
        }
    }

    private void Serve(TcpClient client)
    {
        using (client)
        {
            ProcessStartInfo start = new("git", ["-c", "safe.directory=*", "daemon", "--inetd", "--export-all", "--base-path=" + _directory, _directory])
            {
                RedirectStandardInput = true,
                RedirectStandardOutput = true,
            };
            using Process process = Process.Start(start)!;
            NetworkStream stream = client.GetStream();
            Task incoming = Task.Run(() => Relay(stream, process.StandardInput.BaseStream));
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
