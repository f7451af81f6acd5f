using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Inspection;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Files;
using FastRun.Engine.Processes;
using FastRun.Layers;

namespace FastRun.DockerApi.Containers;

/// <summary>What is known of containers (Engine API, ContainerList, ContainerInspect, ContainerTop, ContainerChanges).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class ContainerQueries(StateLayout layout)
{
    private readonly ContainerListDocument _documents = new(layout);

    internal Task ListAsync(ApiExchange exchange)
    {
        bool size = exchange.Flag("size");
        IReadOnlyList<ContainerSummary> found = new ListContainers(layout).Run(new ContainerListRequest
        {
            All = exchange.Flag("all"),
            Limit = exchange.Number("limit") ?? 0,
            Size = size,
            Filters = exchange.Filters(),
        });
        JsonArray list = [];
        foreach (ContainerSummary summary in found)
        {
            list.Add((JsonNode)_documents.Of(summary, size, exchange.Version));
        }

        return exchange.AnswerAsync(200, list);
    }

    internal Task InspectAsync(ApiExchange exchange, string name) =>
        exchange.AnswerAsync(200, ContainerDocument.Of(new InspectContainer(layout).Run(name, exchange.Flag("size")), exchange.Version));

    internal Task TopAsync(ApiExchange exchange, string name)
    {
        string[] options = exchange.Query("ps_args")?.Split(' ', System.StringSplitOptions.RemoveEmptyEntries) ?? [];
        ProcessTable table = ListProcesses.Run(new ContainerStore(layout).Find(name), options);
        return exchange.AnswerAsync(200, new JsonObject
        {
            ["Titles"] = JsonFields.ToArray(table.Titles),
            ["Processes"] = new JsonArray([.. table.Processes.Select(static row => (JsonNode)JsonFields.ToArray(row))]),
        });
    }

    internal async Task ChangesAsync(ApiExchange exchange, string name)
    {
        Container container = new ContainerStore(layout).Find(name);
        var changes = await ApiWork.RunAsync(() => new ListChanges(layout).Run(container));
        await exchange.AnswerAsync(200, new JsonArray([.. changes.Select(static change =>
            (JsonNode)new JsonObject { ["Path"] = change.Path, ["Kind"] = (int)change.Kind })]));
    }
}
