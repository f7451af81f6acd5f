using System;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Http;

namespace FastRun.DockerApi.Streams;

/// <summary>
/// The connection of a request that becomes a stream in both directions (Engine API, ContainerAttach "Hijacking"): answered with
/// 101 where the client asks for an upgrade, else with 200.
/// </summary>
internal sealed class HijackedStream : IAsyncDisposable
{
    private const string Raw = "application/vnd.docker.raw-stream";
    private const string Multiplexed = "application/vnd.docker.multiplexed-stream";

    private const int LongestHeaderMilliseconds = 500;

    private static readonly TimeSpan s_period = TimeSpan.FromSeconds(1);

    private readonly HttpExchange _http;
    private readonly RawConnection _connection;

    private readonly CancellationTokenSource _gone = new();

    private HijackedStream(HttpExchange http, RawConnection connection)
    {
        (_http, _connection, Stream) = (http, connection, connection.Take());
        _ = WatchAsync();
    }

    /// <summary>What the client sends, until it ends its direction, and what it reads.</summary>
    internal Stream Stream { get; private set; }

    /// <summary>Cancelled when the client has closed both directions, of which reading tells nothing.</summary>
    internal CancellationToken Gone => _gone.Token;

    /// <summary>Takes the connection over; the client has the header of the answer before this returns.</summary>
    /// <param name="exchange">The request, whose body was read.</param>
    /// <param name="tty">Whether the bytes are a terminal's, which have no frames.</param>
    internal static async Task<HijackedStream> TakeAsync(ApiExchange exchange, bool tty)
    {
        bool upgrades = exchange.Http.RequestHeaders.Upgrade.Count > 0;
        string type = !tty && upgrades && exchange.Version >= new ApiVersion(42) ? Multiplexed : Raw;
        StringBuilder header = new();
        header.Append(upgrades ? "HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n" : "HTTP/1.1 200 OK\r\n");
        header.Append("Content-Type: ").Append(type).Append("\r\n");
        header.Append("Api-Version: ").Append(ApiVersion.Newest).Append("\r\nDocker-Experimental: false\r\nOstype: linux\r\n\r\n");
        return await AnswerAsync(exchange, header.ToString());
    }

    /// <summary>
    /// Waits until the client has read the header, where the kernel can tell, and for a moment at most: clients that read by the
    /// block and then go on below their buffer (docker-py) would lose what comes with it.
    /// </summary>
    internal async Task HeaderReadAsync()
    {
        long patience = Environment.TickCount64 + LongestHeaderMilliseconds;
        while (_connection.HasUnread && Environment.TickCount64 < patience && !Gone.IsCancellationRequested)
        {
            await Task.Delay(1, Gone);
        }
    }

    /// <summary>The same below <see cref="Stream"/>, for who speaks another protocol over it.</summary>
    internal System.IO.Pipelines.IDuplexPipe Pipe => _connection.Pipe;

    /// <summary>Takes the connection over for another protocol, which the client asks for by name.</summary>
    internal static async Task<HijackedStream> UpgradeAsync(ApiExchange exchange, string protocol)
    {
        if (!exchange.Http.RequestHeaders.Upgrade.ToString().Equals(protocol, StringComparison.OrdinalIgnoreCase))
        {
            throw ApiException.Invalid($"no upgrade to {protocol} is asked for");
        }

        return await AnswerAsync(exchange, $"HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: {protocol}\r\n\r\n");
    }

    /// <summary>Takes the connection over as a web socket.</summary>
    /// <exception cref="ApiException">The client does not ask for one.</exception>
    internal static async Task<HijackedStream> WebSocketAsync(ApiExchange exchange)
    {
        HijackedStream taken = await AnswerAsync(exchange, WebSocketStream.Handshake(exchange.Http));
        taken.Stream = new WebSocketStream(taken.Stream, () => _ = taken._gone.CancelAsync());
        return taken;
    }

    private static async Task<HijackedStream> AnswerAsync(ApiExchange exchange, string header)
    {
        RawConnection connection = exchange.Http.Features.Get<RawConnection>() ?? throw ApiException.NotImplemented("streams are not supported over this connection");
        HijackedStream taken = new(exchange.Http, connection);
        await taken.Stream.WriteAsync(Encoding.ASCII.GetBytes(header), exchange.Aborted);
        await taken.Stream.FlushAsync(exchange.Aborted);
        return taken;
    }

    /// <summary>Ends the stream; the client gets all that was written.</summary>
    public async ValueTask DisposeAsync()
    {
        await CloseAsync();
        await _gone.CancelAsync();
        await _connection.EndAsync();
        _http.Abort();
    }

    private async Task CloseAsync()
    {
        try
        {
            await (Stream is WebSocketStream socket ? socket.CloseAsync(Gone) : Task.CompletedTask);
        }
        catch (Exception e) when (StreamRelay.IsGone(e))
        {
            // The client is gone.
        }
    }

    private async Task WatchAsync()
    {
        try
        {
            while (!_connection.IsGone)
            {
                await Task.Delay(s_period, _gone.Token);
            }

            await _gone.CancelAsync();
        }
        catch (OperationCanceledException)
        {
            // It was ended here.
        }
    }
}
