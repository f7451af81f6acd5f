using System;
using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.DockerApi.Builds;
using FastRun.DockerApi.Containers;
using FastRun.DockerApi.Images;
using FastRun.Documents;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Host;
using FastRun.Engine.Images;
using FastRun.Layers;
using FastRun.Layers.Images;

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

        bool Has(string type) => types.Count == 0 || types.Contains(type);
        DiskUsageKinds kinds = (Has("image") ? DiskUsageKinds.Images : 0) | (Has("volume") ? DiskUsageKinds.Volumes : 0) | (Has("build-cache") ? DiskUsageKinds.BuildCache : 0);
        DiskUsage usage = await ApiWork.RunAsync(() => new MeasureDiskUsage(layout).Run(kinds));

        // Those of the list: a sandbox of "exec IMAGE" without a name is none of Docker's containers.
        IReadOnlyList<ContainerSummary> listed = !Has("container") ? []
            : await ApiWork.RunAsync(() => new ListContainers(layout).Run(new ContainerListRequest { All = true, Size = true }));
        JsonArray? images = Has("image") ? Images(usage, version) : null;
        JsonArray? containers = Has("container") ? Containers(listed, version) : null;
        JsonArray? volumes = Has("volume") ? Volumes(usage) : null;
        JsonArray? cache = Has("build-cache") ? BuildCacheDocument.Of(usage.BuildCache, version) : null;
        JsonObject document = [];
        bool verbose = version >= new ApiVersion(52) && exchange.Flag("verbose");
        if (version >= new ApiVersion(52))
        {
            Add(document, "ImagesUsage", images, verbose, usage.Store.Images.Count(static image => image is { IsSnapshot: false, Users: > 0 }), usage.Store.Size - usage.Store.SnapshotSize, usage.Store.Reclaimable);
            Add(
                document, "ContainersUsage", containers, verbose, listed.Count(static each => each.Container.IsRunning),
                listed.Sum(static each => each.Size?.Writable ?? 0), listed.Sum(static each => each.Container.IsRunning ? 0 : each.Size?.Writable ?? 0));
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

    private JsonArray Images(DiskUsage usage, ApiVersion version)
    {
        JsonArray images = [];
        InspectImage inspect = new(layout);
        foreach (ImageUsage image in usage.Store.Images)
        {
            if (usage.Names.Where(name => name.Id == image.Id).ToArray() is { Length: > 0 } names && ImageListDocument.Of(inspect, image.Id, names, version) is { } document)
            {
                document["SharedSize"] = image.SharedSize;
                document["Containers"] = image.Users;
                images.Add((JsonNode)document);
            }
        }

        return images;
    }

    private JsonArray Containers(IReadOnlyList<ContainerSummary> listed, ApiVersion version)
    {
        ContainerListDocument documents = new(layout);
        return [.. listed.Select(each => (JsonNode)documents.Of(each, size: true, version))];
    }

    private static JsonArray Volumes(DiskUsage usage) => [.. usage.Volumes.Select(static volume =>
    {
        JsonObject document = VolumeDocument.Of(volume.Volume);
        document["UsageData"] = new JsonObject { ["Size"] = volume.Size, ["RefCount"] = volume.Users };
        return (JsonNode)document;
    })];
}
