using System;
using System.Globalization;
using System.Threading;
using System.Threading.Tasks;
using FastRun.DockerApi.Streams;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.DockerApi.Containers;

/// <summary>A container's streams for clients (Engine API, ContainerAttach, ContainerResize).</summary>
/// <param name="layout">Where state is.</param>
/// <param name="hub">Tells what happens.</param>
/// <param name="pending">Those who are attached before the start.</param>
/// <param name="logs">What was written before.</param>
internal sealed class AttachRequests(StateLayout layout, EventHub hub, PendingAttachments pending, LogRequests logs)
{
    internal Task AttachAsync(ApiExchange exchange, string name) => AttachAsync(exchange, name, isWebSocket: false);

    /// <summary>Until 1.41 all streams, whatever is asked for. The bytes have no frames (Engine API, ContainerAttachWebsocket).</summary>
    internal Task AttachWebSocketAsync(ApiExchange exchange, string name) => AttachAsync(exchange, name, isWebSocket: true);

    private async Task AttachAsync(ApiExchange exchange, string name, bool isWebSocket)
    {
        Container container = new ContainerStore(layout).Find(name);
        if (container.State.Status == ContainerStatus.Paused)
        {
            throw new ApiException(409, $"container {name} is paused, unpause the container before attach");
        }

        // Some clients (dockerode) send their options as a body, too: it is no input.
        await exchange.SkipBodyAsync();
        ContainerCreateRequest request = container.Record.Request;
        bool all = isWebSocket && exchange.Version < new ApiVersion(42);
        AttachStreams streams = Streams(exchange, request, all);
        DetachKeys? keys = request.Tty ? Keys(exchange) : null;
        bool isRaw = isWebSocket || request.Tty;

        // All that decides who has the first byte, before the header: with it in hand, clients start the container. Somebody else may
        // start it, so that is looked for before it is looked at.
        using ContainerWatch watched = new(layout, hub, container);
        container = new ContainerStore(layout).TryRead(container.Id) ?? container;
        using CancellationTokenSource left = new();
        Task<AttachSession>? attaching = !exchange.Flag("stream", otherwise: all) ? null
            : container.IsRunning ? Task.FromResult(new AttachToContainer(layout).Attach(container, streams).ToSession())
            : pending.WaitAsync(container.Id, streams, left.Token);
        try
        {
            await using HijackedStream client = isWebSocket ? await HijackedStream.WebSocketAsync(exchange) : await HijackedStream.TakeAsync(exchange, request.Tty);
            await using CancellationTokenRegistration gone = client.Gone.Register(left.Cancel);
            if (exchange.Flag("logs"))
            {
                await client.HeaderReadAsync();
                await logs.ReplayAsync(container, client.Stream, streams, isRaw, client.Gone);
            }

            if (attaching is null)
            {
                return;
            }

            using AttachSession? session = await StartedAsync(container, streams, attaching, watched, left);
            if (session is not null)
            {
                StreamRelay relay = new(client, session) { Streams = streams, DetachKeys = keys };
                await relay.RunAsync(isRaw);
            }
        }
        finally
        {
            await left.CancelAsync();
            if (attaching is { IsCompletedSuccessfully: true })
            {
                (await attaching).Dispose();
            }
        }
    }

    internal async Task ResizeAsync(ApiExchange exchange, string name)
    {
        (ushort rows, ushort columns) = Size(exchange);
        Container container = new ContainerStore(layout).Find(name);
        if (!container.IsRunning)
        {
            throw new ApiException(409, $"cannot resize a stopped container: {container.Id}");
        }

        using AttachSession? session = AttachSession.TryConnect(layout, container.Record, AttachStreams.None);
        if (session is not null)
        {
            await session.ResizeAsync(rows, columns, exchange.Aborted);
        }

        await exchange.AnswerAsync(200);
    }

    /// <summary>The size of a terminal that a query gives.</summary>
    /// <exception cref="ApiException">It gives none.</exception>
    internal static (ushort Rows, ushort Columns) Size(ApiExchange exchange)
    {
        return (Side("h", "height"), Side("w", "width"));

        ushort Side(string field, string what)
        {
            string text = exchange.Query(field) ?? "";
            return uint.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out uint number)
                ? (ushort)Math.Min(number, ushort.MaxValue)
                : throw ApiException.Invalid($"invalid resize {what} \"{text}\": invalid syntax");
        }
    }

    /// <summary>The keys that leave it.</summary>
    internal static DetachKeys Keys(ApiExchange exchange) =>
        exchange.Query("detachKeys") is { Length: > 0 } keys ? DetachKeys.Parse(keys) : DetachKeys.Default;

    private static AttachStreams Streams(ApiExchange exchange, ContainerCreateRequest request, bool all) =>
        ((all || exchange.Flag("stdin")) && request.OpenStdin ? AttachStreams.Stdin : AttachStreams.None)
        | (all || exchange.Flag("stdout") ? AttachStreams.Stdout : AttachStreams.None)
        | (all || exchange.Flag("stderr") ? AttachStreams.Stderr : AttachStreams.None);

    /// <summary>Waits until the container runs: started by a client of this daemon, from the first byte on; or by somebody else.</summary>
    private async Task<AttachSession?> StartedAsync(
        Container container, AttachStreams streams, Task<AttachSession> attaching, ContainerWatch watched, CancellationTokenSource left)
    {
        if (!attaching.IsCompleted && await Task.WhenAny(attaching, watched.StartAsync(left.Token)) is Task<bool> anywhere && await anywhere)
        {
            // A client of this daemon gives its connection to who waits, but later than the event comes.
            await pending.StartedAsync(container.Id);
        }

        // What is given stays given.
        await left.CancelAsync();
        try
        {
            return await attaching;
        }
        catch (OperationCanceledException)
        {
            return AttachSession.TryConnect(layout, container.Record, streams);
        }
    }
}
