using System;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using FastRun.Layers.Registry;

namespace FastRun.Layers.Tests.Registry;

public sealed class HttpDownloadTests
{
    private const string Head = "HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\n";

    [Theory]
    [InlineData("")]
    [InlineData("HTTP/1.1 200 OK\r\nContent-Le")]
    [InlineData(Head)]
    [InlineData(Head + "the beginning")]
    public void Read_AServerThatStalls_IsGivenUp(string answer) => Assert.Contains("for too long", Fails(answer, drip: false), StringComparison.Ordinal);

    [Fact]
    public void Read_AServerThatDrips_IsGivenUp() => Assert.Contains("for too long", Fails(Head, drip: true), StringComparison.Ordinal);

    [Fact]
    public void Read_AServerThatEndsTooSoon_IsAFailure()
    {
        using Server server = new(Head + "the beginning", stays: false, drip: false);
        RegistryException failure = Assert.Throws<RegistryException>(() => ReadAll(server, TimeSpan.FromSeconds(60)));
        Assert.Contains("127.0.0.1", failure.Message, StringComparison.Ordinal);
    }

    private static string Fails(string answer, bool drip)
    {
        using Server server = new(answer, stays: true, drip);
        return Assert.Throws<RegistryException>(() => ReadAll(server, TimeSpan.FromMilliseconds(300))).Message;
    }

    private static void ReadAll(Server server, TimeSpan progress)
    {
        using HttpDownload download = HttpDownload.Open(
            server.Url,
            new RegistryClientOptions
            {
                Configuration = RegistryConfiguration.Default,
                Timeouts = new RegistryTimeouts { Connect = TimeSpan.FromSeconds(60), Progress = progress, Attempts = 1 },
            });
        download.CopyTo(Stream.Null);
    }

    /// <summary>Answers whoever comes with the same beginning, and nothing more, or one byte now and then.</summary>
    private sealed class Server : IDisposable
    {
        private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
        private readonly ManualResetEventSlim _ended = new();

        internal Server(string answer, bool stays, bool drip)
        {
            _listener.Start();
            Url = new Uri($"http://{_listener.LocalEndpoint}/file");
            new Thread(() => Serve(Encoding.ASCII.GetBytes(answer), stays, drip)) { IsBackground = true }.Start();
        }

        internal Uri Url { get; }

        public void Dispose()
        {
            _ended.Set();
            _listener.Stop();
        }

        private void Serve(byte[] answer, bool stays, bool drip)
        {
            try
            {
                using TcpClient client = _listener.AcceptTcpClient();
                NetworkStream stream = client.GetStream();
                _ = stream.Read(new byte[4096]);
                stream.Write(answer);
                while (drip && !_ended.Wait(20))
                {
                    stream.WriteByte((byte)'x');
                }

                if (stays)
                {
                    _ended.Wait();
                }
            }
            catch (Exception e) when (e is IOException or SocketException or ObjectDisposedException)
            {
                // The client is gone.
            }
        }
    }
}
