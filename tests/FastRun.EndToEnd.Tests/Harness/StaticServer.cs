using System;
using System.Net;
using System.Threading.Tasks;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>Serves one document over HTTP on a port of its own; what is called "missing" is not there.</summary>
internal sealed class StaticServer : IDisposable
{
    private readonly System.Net.Sockets.TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly byte[] _content;
    private readonly Task _loop;

    internal StaticServer(byte[] content)
    {
        _content = content;
        _listener.Start();
        Url = $"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/";
        _loop = Task.Run(ServeAsync);
    }

    /// <summary>Where it is, with a slash at the end.</summary>
    internal string Url { get; }

    public void Dispose()
    {
        _listener.Stop();
        try
        {
            _loop.Wait(TimeSpan.FromSeconds(10));
        }
        catch (AggregateException)
        {
        }
    }

    private async Task ServeAsync()
    {
        while (true)
        {
            using System.Net.Sockets.TcpClient client = await _listener.AcceptTcpClientAsync();
            await using System.Net.Sockets.NetworkStream stream = client.GetStream();
            byte[] buffer = new byte[8192];
            int length = 0;
            while (!System.Text.Encoding.ASCII.GetString(buffer, 0, length).Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                int read = await stream.ReadAsync(buffer.AsMemory(length));
                if (read == 0)
                {
                    break;
                }

                length += read;
            }

            bool missing = System.Text.Encoding.ASCII.GetString(buffer, 0, length).Contains("missing", StringComparison.Ordinal);
            byte[] body = missing ? [] : _content;
            await stream.WriteAsync(System.Text.Encoding.ASCII.GetBytes(
                $"HTTP/1.1 {(missing ? "404 Not Found" : "200 OK")}\r\nContent-Length: {body.Length}\r\nConnection: close\r\n\r\n"));
            await stream.WriteAsync(body);
        }
    }
}
