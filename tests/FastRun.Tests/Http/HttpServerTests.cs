using System;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Sockets;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Errors;
using FastRun.Http;

namespace FastRun.Tests.Http;

public sealed class HttpServerTests
{
    [Fact]
    public async Task Request_IsHandedOverAndAnswered()
    {
        await using HttpServer server = await StartAsync(
            new HttpServerOptions { Endpoints = [Loopback] },
            async exchange =>
            {
                using StreamReader body = new(exchange.RequestBody);
                string text = $"{exchange.Method} {exchange.Path} {exchange.Query("a")} {exchange.Query("none") ?? "-"} {await body.ReadToEndAsync()}";
                exchange.ResponseHeaders.ETag = "\"x\"";
                await exchange.AnswerAsync(418, "text/plain", Encoding.UTF8.GetBytes(text));
            });
        using HttpClient client = new();

        using HttpResponseMessage response = await client.PostAsync($"http://{server.Endpoints[0]}/x%20y?b=1&a=%2Fv+w&a=2", new StringContent("body"));

        Assert.Equal(418, (int)response.StatusCode);
        Assert.Equal("\"x\"", response.Headers.ETag!.Tag);
        Assert.Equal("POST /x y /v w - body", await response.Content.ReadAsStringAsync());
        Assert.False(response.Headers.Contains("Server"));
    }

    [Fact]
    public async Task Header_TooLarge_Is431()
    {
        await using HttpServer server = await StartAsync(new HttpServerOptions { Endpoints = [Loopback], MaxHeaderBytes = 2048 }, Empty);

        string answer = await TalkAsync(server, $"GET / HTTP/1.1\r\nHost: x\r\nX: {new string('x', 3000)}\r\n\r\n");

        Assert.StartsWith("HTTP/1.1 431 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Header_ThatDoesNotEnd_IsGivenUp()
    {
        await using HttpServer server = await StartAsync(
            new HttpServerOptions { Endpoints = [Loopback], HeaderTimeout = TimeSpan.FromSeconds(1) }, Empty);

        string answer = await TalkAsync(server, "GET / HTTP/1.1\r\nHost: x\r\n");

        Assert.StartsWith("HTTP/1.1 408 ", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Handler_ThatThrows_Is500AndTheServerGoesOn()
    {
        await using HttpServer server = await StartAsync(
            new HttpServerOptions { Endpoints = [Loopback] }, static _ => throw new InvalidOperationException("a fault"));
        using HttpClient client = new();

        for (int i = 0; i < 2; i++)
        {
            using HttpResponseMessage response = await client.GetAsync(new Uri($"http://{server.Endpoints[0]}/"));
            Assert.Equal((500, ""), ((int)response.StatusCode, await response.Content.ReadAsStringAsync()));
        }
    }

    [Fact]
    public async Task UnixSocket_IsListenedAt()
    {
        string path = Path.Combine(Directory.CreateTempSubdirectory("fastrun-http-").FullName, "socket");
        await using (HttpServer server = await StartAsync(new HttpServerOptions { Endpoints = [new UnixDomainSocketEndPoint(path)] }, Empty))
        {
            using Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(path));
            await socket.SendAsync("GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n"u8.ToArray());
            using StreamReader reader = new(new NetworkStream(socket));
            Assert.StartsWith("HTTP/1.1 204 ", await reader.ReadToEndAsync(), StringComparison.Ordinal);
        }

        Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
    }

    [Fact]
    public async Task Address_InUse_IsAnError()
    {
        await using HttpServer server = await StartAsync(new HttpServerOptions { Endpoints = [Loopback] }, Empty);
        await using HttpServer other = new(new HttpServerOptions { Endpoints = [server.Endpoints[0]] }, Empty);

        EngineException failure = await Assert.ThrowsAsync<EngineException>(other.StartAsync);

        Assert.Equal($"{server.Endpoints[0]}: listen: address already in use", failure.Message);
    }

    private static IPEndPoint Loopback => new(IPAddress.Loopback, 0);

    private static Task Empty(HttpExchange exchange) => exchange.AnswerAsync(204);

    private static async Task<HttpServer> StartAsync(HttpServerOptions options, Func<HttpExchange, Task> handler)
    {
        HttpServer server = new(options, handler);
        await server.StartAsync();
        return server;
    }

    /// <summary>Sends bytes and returns all that comes until the server closes the connection.</summary>
    private static async Task<string> TalkAsync(HttpServer server, string text)
    {
        using CancellationTokenSource patience = new(TimeSpan.FromSeconds(60));
        using Socket socket = new(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(server.Endpoints[0], patience.Token);
        await socket.SendAsync(Encoding.ASCII.GetBytes(text), patience.Token);
        using StreamReader reader = new(new NetworkStream(socket));
        return await reader.ReadToEndAsync(patience.Token);
    }
}
