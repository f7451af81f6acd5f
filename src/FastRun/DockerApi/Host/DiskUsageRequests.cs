using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.DockerApi.Builds;
using FastRun.Documents;
using FastRun.Engine.Host;
using FastRun.Layers;

namespace FastRun.DockerApi.Host;

/// <summary>What is kept on disk (Engine API, SystemDataUsage).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class DiskUsageRequests(StateLayout layout)
{
    private static readonly string[] s_types = ["container", "image", "volume", "build-cache"];

    internal async Task AnswerAsync(ApiExchange exchange)
    {
        ApiVersion version = exchange.Version;
        IReadOnlyList<string> types = version >= new ApiVersion(42) ? exchange.Http.QueryAll("type") : [];
        if (types.FirstOrDefault(type => !s_types.Contains(type)) is { } unknown)
        {
            throw ApiException.Invalid($"unknown object type: {unknown}");
        }

        DiskUsage usage = await ApiWork.RunAsync(() => new MeasureDiskUsage(layout).Run());
        bool Has(string type) => types.Count == 0 || types.Contains(type);
        JsonArray? images = Has("image") ? Images(usage, version) : null;
        JsonArray? containers = Has("container") ? Containers(usage) : null;
        JsonArray? volumes = Has("volume") ? Volumes(usage) : null;
        JsonArray? cache = Has("build-cache") ? BuildCacheDocument.Of(usage.BuildCache, version) : null;
        JsonObject document = [];
        bool verbose = version >= new ApiVersion(52) && exchange.Flag("verbose");
        if (version >= new ApiVersion(52))
        {
            Add(document, "ImagesUsage", images, verbose, usage.Store.Images.Count(static image => image.Users > 0), usage.Store.Size, usage.Store.Reclaimable);
            Add(
                document, "ContainersUsage", containers, verbose, usage.Containers.Count(static container => container.Running),
                usage.Containers.Sum(static container => container.Size), usage.Containers.Sum(static container => container.Running ? 0 : container.Size));
            Add(
                document, "VolumesUsage", volumes, verbose, usage.Volumes.Count(static volume => volume.Users > 0),
                usage.Volumes.Sum(static volume => volume.Size), usage.Volumes.Sum(static volume => volume.Users > 0 ? 0 : volume.Size));
            Add(
                document, "BuildCacheUsage", cache, verbose, usage.BuildCache.Count(static entry => entry.IsInUse),
                usage.BuildCache.Sum(static entry => entry.Bytes), usage.BuildCache.Sum(static entry => entry.IsInUse || entry.IsShared ? 0 : entry.Bytes));
        }

        if (!verbose)
        {
            document["LayersSize"] = images is null ? 0 : usage.Store.Size;
            document["Images"] = images;
            document["Containers"] = containers;
            document["Volumes"] = volumes;
            document["BuildCache"] = cache;
            if (version < new ApiVersion(42))
            {
                document["BuilderSize"] = usage.BuildCache.Sum(static entry => entry.Bytes);
            }
        }

        await exchange.AnswerAsync(200, document);
    }

    /// <summary>The sums of 1.52, and in the verbose form what they are of.</summary>
    private static void Add(JsonObject document, string name, JsonArray? items, bool verbose, int active, long size, long reclaimable)
    {
        if (items is null)
        {
            return;
        }

        JsonObject sums = new() { ["ActiveCount"] = active, ["TotalCount"] = items.Count, ["TotalSize"] = size, ["Reclaimable"] = reclaimable };
        if (verbose)
        {
            sums["Items"] = items;
        }

        document[name] = sums;
    }

    private static JsonArray Images(DiskUsage usage, ApiVersion version)
    {
        JsonArray images = [];
        foreach (Layers.Images.ImageUsage image in usage.Store.Images)
        {
            JsonObject document = new()
            {
                ["Id"] = image.Id.ToString(),
                ["ParentId"] = "",
                ["RepoTags"] = JsonFields.ToArray(usage.Names.Where(name => name.Id == image.Id && name.Tag is not null).Select(static name => $"{name.Repository}:{name.Tag}")),
                ["RepoDigests"] = new JsonArray(),
                ["Created"] = usage.Names.FirstOrDefault(name => name.Id == image.Id)?.Created.ToUnixTimeSeconds() ?? 0,
                ["Size"] = image.Size,
                ["SharedSize"] = image.SharedSize,
                ["Containers"] = image.Users,
                ["Labels"] = null,
            };
            if (version < new ApiVersion(44))
            {
                document["VirtualSize"] = image.Size;
            }

            images.Add((JsonNode)document);
        }

        return images;
    }

    private static JsonArray Containers(DiskUsage usage) => [.. usage.Containers.Select(static container => (JsonNode)new JsonObject
    {
        ["Id"] = container.Id,
        ["SizeRw"] = container.Size,
        ["State"] = container.Running ? "running" : "exited",
    })];

    private static JsonArray Volumes(DiskUsage usage) => [.. usage.Volumes.Select(static volume =>
    {
        JsonObject document = VolumeDocument.Of(volume.Volume);
        document["UsageData"] = new JsonObject { ["Size"] = volume.Size, ["RefCount"] = volume.Users };
        return (JsonNode)document;
    })];
}
