using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.Documents;
using FastRun.Engine.Volumes;
using FastRun.Layers;

namespace FastRun.DockerApi.Volumes;

/// <summary>The requests of <c>/volumes</c> (Engine API, Volume...).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class VolumeRoutes(StateLayout layout)
{
    private readonly ManageVolumes _volumes = new(layout);

    /// <summary>Answers a request; null where there is no such one.</summary>
    internal Task? Route(ApiExchange exchange) => (exchange.Http.Method, exchange.Path) switch
    {
        ("GET", [_]) => ListAsync(exchange),
        ("POST", [_, "create"]) => CreateAsync(exchange),
        ("POST", [_, "prune"]) => PruneAsync(exchange),
        ("GET", [_, var name]) => exchange.AnswerAsync(200, VolumeDocument.Of(_volumes.Inspect(name))),
        ("DELETE", [_, var name]) => RemoveAsync(exchange, name),
        ("PUT", [_, _]) => throw NoClusterVolumes(),
        _ => null,
    };

    private static ApiException NoClusterVolumes() => new(503, "This node is not a swarm manager: cluster volumes are not supported");

    private Task ListAsync(ApiExchange exchange)
    {
        JsonArray list = [];
        foreach (VolumeSummary volume in _volumes.List(VolumeFilter.OfList(exchange.Filters())))
        {
            list.Add((JsonNode)VolumeDocument.Of(volume));
        }

        return exchange.AnswerAsync(200, new JsonObject { ["Volumes"] = list, ["Warnings"] = null });
    }

    private async Task CreateAsync(ApiExchange exchange)
    {
        JsonElement body = await exchange.ReadJsonAsync();
        if (exchange.Version >= new ApiVersion(42) && body.Value("ClusterVolumeSpec") is not null)
        {
            throw NoClusterVolumes();
        }

        string name = _volumes.Create(body.Text("Name"), body.Text("Driver") ?? "local", body.Map("Labels"), body.Map("DriverOpts"));
        await exchange.AnswerAsync(201, VolumeDocument.Of(_volumes.Inspect(name)));
    }

    private async Task RemoveAsync(ApiExchange exchange, string name)
    {
        await ApiWork.RunAsync(() => _volumes.Remove(name, exchange.Flag("force")));
        await exchange.AnswerAsync(204);
    }

    private async Task PruneAsync(ApiExchange exchange)
    {
        VolumeFilter filter = VolumeFilter.OfPrune(exchange.Filters());
        // Before 1.42 all that nobody uses went, named or not.
        bool all = filter.Named ?? exchange.Version < new ApiVersion(42);
        PrunedVolumes pruned = await ApiWork.RunAsync(() => _volumes.Prune(all, filter));
        await exchange.AnswerAsync(200, new JsonObject
        {
            ["VolumesDeleted"] = pruned.Names.Count == 0 ? null : JsonFields.ToArray(pruned.Names),
            ["SpaceReclaimed"] = pruned.Bytes,
        });
    }
}
