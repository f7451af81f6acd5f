using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.DockerApi.Images;
using FastRun.Engine;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.DockerApi.Containers;

/// <summary>New containers, and their start (Engine API, ContainerCreate and ContainerStart).</summary>
/// <param name="layout">Where state is.</param>
/// <param name="pending">Those who are attached before the start.</param>
internal sealed class StartRequests(StateLayout layout, PendingAttachments pending)
{
    // "{}", "null" and a line's end say nothing.
    private const int LongestEmptyBody = 7;

    internal async Task CreateAsync(ApiExchange exchange)
    {
        JsonElement body = await exchange.ReadJsonAsync();
        JsonArray warnings = CreateWarnings.Of(body, exchange.Version);
        ContainerCreateRequest request = CreateBody.Read(body, exchange.Version) with
        {
            Name = exchange.Query("name") is { Length: > 0 } name ? name.TrimStart('/') : null,
            Platform = exchange.Version >= new ApiVersion(41) && exchange.Query("platform") is { Length: > 0 } platform ? PlatformSyntax.Parse(platform) : null,
        };
        RunOptions options = new() { Diagnostics = text => Warn(warnings, text) };
        Container container = Create(request, options);
        await exchange.AnswerAsync(201, new JsonObject { ["Id"] = container.Id, ["Warnings"] = warnings });
    }

    internal async Task StartAsync(ApiExchange exchange, string name)
    {
        if (exchange.Http.RequestLength > LongestEmptyBody || exchange.Http.RequestHeaders.TransferEncoding.Count > 0)
        {
            throw ApiException.Invalid("starting container with non-empty request body was deprecated since API v1.22 and removed in v1.24");
        }

        if (exchange.Query("checkpoint") is { Length: > 0 })
        {
            throw ApiException.NotImplemented("checkpoints are not supported");
        }

        Container container = new ContainerStore(layout).Find(name);
        if (container.State.Status == Engine.Containers.Records.ContainerStatus.Paused)
        {
            throw new EngineException(ErrorKind.Conflict, "cannot start a paused container, try unpause instead");
        }

        await pending.StartAsync(container.Id, () => StartAsync(exchange, container));
    }

    private async Task StartAsync(ApiExchange exchange, Container container)
    {
        AttachStreams streams = pending.First(container.Id);
        AttachClient? client = await ApiWork.RunAsync(() => new StartContainer(layout).Start(container, streams));
        if (client is null)
        {
            await exchange.AnswerAsync(304);
            return;
        }

        AttachSession session = client.ToSession();
        if (streams == AttachStreams.None || !pending.TryComplete(container.Id, session))
        {
            await session.DetachAsync(default);
            session.Dispose();
        }

        await exchange.AnswerAsync(204);
    }

    private Container Create(ContainerCreateRequest request, RunOptions options)
    {
        try
        {
            return new CreateContainer(layout).Create(request, options);
        }
        catch (EngineException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            // Clients pull what is missing, and know by these words and the status that it is.
            LocalImages.Require(layout, request.Image, request.Platform);
            throw;
        }
    }

    private static void Warn(JsonArray warnings, string text)
    {
        foreach (string line in text.Split('\n', System.StringSplitOptions.RemoveEmptyEntries))
        {
            warnings.Add((JsonNode)(line.StartsWith("WARNING: ", System.StringComparison.Ordinal) ? line[9..] : line));
        }
    }
}
