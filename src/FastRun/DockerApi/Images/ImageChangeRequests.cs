using System.Collections.Generic;
using System.Linq;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.Engine.Containers;
using FastRun.Engine.Filters;
using FastRun.Engine.Images;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.DockerApi.Images;

/// <summary>What changes images that are there (Engine API, ImageTag, ImageDelete, ImagePrune, ImageCommit).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class ImageChangeRequests(StateLayout layout)
{
    internal Task TagAsync(ApiExchange exchange, string name)
    {
        string repository = exchange.Query("repo") is { Length: > 0 } repo ? repo : throw ApiException.Invalid("repository name is empty");
        string target = TaggedName.Of(repository, exchange.Query("tag"));
        _ = LocalImages.Named(name, () =>
        {
            new TagImage(layout).Run(name, target);
            return target;
        });
        return exchange.AnswerAsync(201);
    }

    internal async Task RemoveAsync(ApiExchange exchange, string name)
    {
        bool force = exchange.Flag("force");
        List<Platform> platforms = exchange.Version < new ApiVersion(50) ? [] : [.. exchange.Http.QueryAll("platforms").Select(ImageQueries.PlatformOf)];
        ImageRemoval removal = await ApiWork.RunAsync(() => LocalImages.Named(name, () => new RemoveImage(layout).Run(name, force, platforms)));
        JsonArray removed = [];
        Add(removed, removal);
        await exchange.AnswerAsync(200, removed);
    }

    internal async Task PruneAsync(ApiExchange exchange)
    {
        FilterTerms filters = exchange.Filters();
        PrunedImages pruned = await ApiWork.RunAsync(
            () => new PruneImages(layout).Run(all: false, filters.Without("until"), ApiTime.Until(filters)));
        JsonArray removed = [];
        foreach (ImageRemoval removal in pruned.Removals)
        {
            Add(removed, removal);
        }

        await exchange.AnswerAsync(200, new JsonObject
        {
            ["ImagesDeleted"] = removed.Count == 0 ? null : removed,
            ["SpaceReclaimed"] = pruned.Bytes,
        });
    }

    internal async Task CommitAsync(ApiExchange exchange)
    {
        JsonElement body = await exchange.ReadJsonAsync();
        Container container = new ContainerStore(layout).Find(exchange.Query("container") is { Length: > 0 } name ? name : throw ApiException.Invalid("invalid name or ID supplied: \"\""));
        CommitRequest request = new()
        {
            Name = exchange.Query("repo") is { Length: > 0 } repository ? TaggedName.Of(repository, exchange.Query("tag")) : null,
            Author = exchange.Query("author") ?? "",
            Message = exchange.Query("comment") ?? "",
            Changes = exchange.Http.QueryAll("changes"),
            Config = CommitBody.Read(body),
            Pause = exchange.Flag("pause", otherwise: true),
        };
        Digest id = await ApiWork.RunAsync(() => new CommitContainer(layout) { Cancellation = exchange.Aborted }.Run(container, request));
        await exchange.AnswerAsync(201, new JsonObject { ["Id"] = id.ToString() });
    }

    private static void Add(JsonArray list, ImageRemoval removal)
    {
        foreach (string name in removal.Untagged)
        {
            list.Add((JsonNode)new JsonObject { ["Untagged"] = name });
        }

        foreach (string id in removal.Deleted)
        {
            list.Add((JsonNode)new JsonObject { ["Deleted"] = id });
        }
    }
}
