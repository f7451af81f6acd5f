using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace FastRun.TestRegistry;

/// <summary>
/// An HTTP proxy on loopback that leads every name to one server: <c>CONNECT</c> for https, requests with whole addresses for
/// http. One request a connection.
/// </summary>
internal sealed class TestProxy : IDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _port;
    private readonly string? _authorization;
    private readonly ConcurrentBag<TcpClient> _open = [];

    /// <summary>Listens at once.</summary>
    /// <param name="server">Where all requests go: <c>127.0.0.1:PORT</c>.</param>
    /// <param name="credentials"><c>USER:PASSWORD</c> that it asks for; null for none.</param>
    internal TestProxy(string server, string? credentials = null)
    {
        _port = int.Parse(server[(server.LastIndexOf(':') + 1)..], null);
        _authorization = credentials is null ? null : "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes(credentials));
        _listener.Start();
        Authority = $"127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}";
        new Thread(Accept) { IsBackground = true, Name = "test proxy" }.Start();
    }

    /// <summary>Host and port.</summary>
    internal string Authority { get; }

    /// <summary>The method and address of each request that was let through.</summary>
    internal ConcurrentQueue<string> Requests { get; } = new();

    /// <inheritdoc/>
    public void Dispose()
    {
        _listener.Stop();
        foreach (TcpClient client in _open)
        {
            client.Dispose();
        }
    }

    private void Accept()
    {
        try
        {
            while (true)
            {
                TcpClient client = _listener.AcceptTcpClient();
                _open.Add(client);
                new Thread(() => Serve(client)) { IsBackground = true, Name = "test proxy" }.Start();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // The test has ended.
        }
    }

    private void Serve(TcpClient client)
    {
        try
        {
            using NetworkStream near = client.GetStream();
            while (FaultyRequest.TryRead(near, static _ => null) is { } request)
            {
                if (_authorization is not null && request.Header("Proxy-Authorization") != _authorization)
                {
                    near.Write("HTTP/1.1 407 Denied\r\nProxy-Authenticate: Basic realm=\"proxy\"\r\nContent-Length: 0\r\n\r\n"u8);
                    continue;
                }

                Requests.Enqueue($"{request.Method} {request.Path}");
                using TcpClient server = new("127.0.0.1", _port);
                _open.Add(server);
                using NetworkStream far = server.GetStream();
                if (request.Method == "CONNECT")
                {
                    near.Write("HTTP/1.1 200 Connected\r\n\r\n"u8);
                    _ = near.CopyToAsync(far);
                }
                else
                {
                    Uri address = new(request.Path);
                    StringBuilder head = new($"{request.Method} {address.PathAndQuery} HTTP/1.1\r\n");
                    foreach ((string name, string value) in request.Headers)
                    {
                        // What is between the client and the proxy (RFC 9110, 7.6.1).
                        if (name is not ("Connection" or "Proxy-Authorization" or "Proxy-Connection"))
                        {
                            head.Append(name).Append(": ").Append(value).Append("\r\n");
                        }
                    }

                    far.Write(Encoding.UTF8.GetBytes(head.Append("Connection: close\r\n\r\n").ToString()));
                }

                far.CopyTo(near);
                return;
            }
        }
        catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            // One of the two ends went away.
        }
        finally
        {
            client.Dispose();
        }
    }
}
