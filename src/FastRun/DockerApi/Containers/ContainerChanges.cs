using System;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;
using FastRun.Engine.Networks.Links;
using FastRun.Layers;

namespace FastRun.DockerApi.Containers;

/// <summary>What changes containers that are there (Engine API, Container...).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class ContainerChanges(StateLayout layout)
{
    private readonly ContainerStore _store = new(layout);

    internal async Task StopAsync(ApiExchange exchange, string name)
    {
        Container container = _store.Find(name);
        if (!container.IsRunning)
        {
            await exchange.AnswerAsync(304);
            return;
        }

        (string? signal, int? seconds) = (StopSignal(exchange), exchange.Number("t"));
        await ApiWork.RunAsync(() => new StopContainer(layout).Stop(container, signal, seconds));
        await exchange.AnswerAsync(204);
    }

    internal async Task RestartAsync(ApiExchange exchange, string name)
    {
        Container container = _store.Find(name);
        (string? signal, int? seconds) = (StopSignal(exchange), exchange.Number("t"));
        await ApiWork.RunAsync(() => new RestartContainer(layout).Restart(container, signal, seconds));
        await exchange.AnswerAsync(204);
    }

    internal async Task KillAsync(ApiExchange exchange, string name)
    {
        string signal = Signal(exchange) ?? "KILL";
        try
        {
            Container container = _store.Find(name);
            await ApiWork.RunAsync(() => new StopContainer(layout).Kill(container, signal));
        }
        catch (EngineException failure)
        {
            const string Known = "Cannot kill container: ";
            string why = failure.Message.StartsWith(Known, StringComparison.Ordinal) ? failure.Message[Known.Length..] : $"{name}: {failure.Message}";
            throw new EngineException(failure.Kind, "cannot kill container: " + why, failure);
        }

        await exchange.AnswerAsync(204);
    }

    internal Task PauseAsync(ApiExchange exchange, string name)
    {
        new PauseContainer(layout).Pause(_store.Find(name));
        return exchange.AnswerAsync(204);
    }

    internal Task UnpauseAsync(ApiExchange exchange, string name)
    {
        new PauseContainer(layout).Unpause(_store.Find(name));
        return exchange.AnswerAsync(204);
    }

    internal Task RenameAsync(ApiExchange exchange, string name)
    {
        string other = exchange.Query("name") is { Length: > 0 } given
            ? given.TrimStart('/')
            : throw ApiException.Invalid("Neither old nor new names may be empty");
        new RenameContainer(layout).Rename(_store.Find(name), other);
        return exchange.AnswerAsync(204);
    }

    internal async Task UpdateAsync(ApiExchange exchange, string name)
    {
        JsonElement body = await exchange.ReadJsonAsync();
        Container container = _store.Find(name);
        JsonElement policy = body.Object("RestartPolicy");
        new UpdateContainer(layout).Update(container, new ContainerUpdate(HostConfigBody.UpdatedLimits(body, exchange.Version), HostConfigBody.RestartPolicy(policy)));
        await exchange.AnswerAsync(200, new JsonObject { ["Warnings"] = new JsonArray() });
    }

    internal async Task RemoveAsync(ApiExchange exchange, string name)
    {
        if (exchange.Flag("link"))
        {
            await ApiWork.RunAsync(() => new RemoveLink(layout).Remove(name));
            await exchange.AnswerAsync(204);
            return;
        }

        Container container = _store.FindAny(name);
        (bool force, bool volumes) = (exchange.Flag("force"), exchange.Flag("v"));
        await ApiWork.RunAsync(() => new RemoveContainer(layout).Remove(container, force, volumes));
        await exchange.AnswerAsync(204);
    }

    internal async Task PruneAsync(ApiExchange exchange)
    {
        FilterTerms filters = exchange.Filters();
        PrunedContainers pruned = await ApiWork.RunAsync(() => new PruneContainers(layout).Run(filters.Without("until"), ApiTime.Until(filters)));
        await exchange.AnswerAsync(200, new JsonObject
        {
            ["ContainersDeleted"] = pruned.Ids.Count == 0 ? null : JsonFields.ToArray(pruned.Ids),
            ["SpaceReclaimed"] = pruned.Bytes,
        });
    }

    /// <summary>The signal of a stop, which can be chosen since 1.42.</summary>
    private static string? StopSignal(ApiExchange exchange) => exchange.Version >= new ApiVersion(42) ? Signal(exchange) : null;

    private static string? Signal(ApiExchange exchange) => exchange.Query("signal") is { Length: > 0 } signal ? signal : null;
}
