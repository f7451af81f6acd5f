using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Filters;
using FastRun.Engine.Host;
using FastRun.Engine.Images;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.DockerApi.Images;

/// <summary>What is known of images (Engine API, ImageList, ImageInspect, ImageHistory).</summary>
/// <param name="layout">Where state is.</param>
internal sealed class ImageQueries(StateLayout layout)
{
    internal Task ListAsync(ApiExchange exchange)
    {
        FilterTerms filters = exchange.Filters();
        filters.RequireKnown("before", "dangling", "label", "reference", "since", "until");
        // A list by name is how clients of old asked for one (until 1.40).
        IReadOnlyList<string> references = exchange.Version <= new ApiVersion(40) && exchange.Query("filter") is { Length: > 0 } name
            ? [name]
            : filters.Values("reference");
        ImageFilter filter = new()
        {
            Dangling = filters.Flag("dangling"),
            References = references,
            Labels = filters.Values("label"),
            Before = filters.Values("before") is [var before, ..] ? before : null,
            Since = filters.Values("since") is [var since, ..] ? since : null,
            Until = ApiTime.Until(filters),
        };
        Dictionary<string, ImageUsage>? usage = exchange.Version >= new ApiVersion(42) && exchange.Flag("shared-size") ? new MeasureDiskUsage(layout).OfImages() : null;
        ILookup<string, Container>? users = exchange.Version >= new ApiVersion(51)
            ? new ContainerStore(layout).All().ToLookup(static container => container.Record.ImageId)
            : null;
        JsonArray list = [];
        InspectImage inspect = new(layout);
        IReadOnlyList<ImageSummary> found = LocalImages.Named(filter.Before ?? filter.Since ?? "", () => new ListImages(layout).Run(filter));
        foreach (IGrouping<Digest, ImageSummary> image in found.GroupBy(static each => each.Id))
        {
            if (ImageListDocument.Of(inspect, image.Key, [.. image], exchange.Version) is { } document)
            {
                string id = image.Key.ToString();
                document["SharedSize"] = usage?.GetValueOrDefault(id)?.SharedSize ?? -1;
                document["Containers"] = users?[id].Count() ?? -1;
                list.Add((JsonNode)document);
            }
        }

        return exchange.AnswerAsync(200, list);
    }

    internal Task InspectAsync(ApiExchange exchange, string name)
    {
        Platform? platform = exchange.Version >= new ApiVersion(49) ? PlatformOf(exchange) : null;
        if (platform is not null && exchange.Flag("manifests"))
        {
            throw ApiException.Invalid("conflicting options: manifests and platform options cannot both be set");
        }

        return exchange.AnswerAsync(200, VersionedImage.Of(LocalImages.Require(layout, name, platform), exchange.Version));
    }

    internal Task HistoryAsync(ApiExchange exchange, string name)
    {
        JsonArray history = [];
        if (exchange.Version >= new ApiVersion(48) && PlatformOf(exchange) is { } platform)
        {
            LocalImages.Require(layout, name, platform);
        }

        IReadOnlyList<HistoryLine> lines = LocalImages.Named(name, () => new ImageHistory(layout).Run(name));
        IReadOnlyList<string> tags = new InspectImage(layout).Run(name).RepoTags;
        for (int i = 0; i < lines.Count; i++)
        {
            history.Add((JsonNode)new JsonObject
            {
                ["Id"] = lines[i].Id ?? "<missing>",
                ["Created"] = lines[i].Created?.ToUnixTimeSeconds() ?? 0,
                ["CreatedBy"] = lines[i].CreatedBy,
                ["Tags"] = i == 0 && tags.Count > 0 ? JsonFields.ToArray(tags) : null,
                ["Size"] = lines[i].Size,
                ["Comment"] = lines[i].Comment,
            });
        }

        return exchange.AnswerAsync(200, history);
    }

    internal static async Task DistributionAsync(ApiExchange exchange, string name)
    {
        GivenCredentials credentials = GivenCredentials.Of(exchange);
        DistributionInspection found = await ApiWork.RunAsync(() => DistributionInspection.Ask(name, credentials, exchange.Aborted));
        JsonArray platforms = [];
        foreach (Platform platform in found.Platforms)
        {
            JsonObject document = new() { ["architecture"] = platform.Architecture, ["os"] = platform.Os };
            if (platform.Variant is not null)
            {
                document["variant"] = platform.Variant;
            }

            platforms.Add((JsonNode)document);
        }

        await exchange.AnswerAsync(200, new JsonObject
        {
            ["Descriptor"] = new JsonObject { ["mediaType"] = found.MediaType, ["digest"] = found.Digest.ToString(), ["size"] = found.Size },
            ["Platforms"] = platforms,
        });
    }

    /// <summary>The platform that a query asks for; null for none.</summary>
    internal static Platform? PlatformOf(ApiExchange exchange) => exchange.Query("platform") is { Length: > 0 } text ? PlatformOf(text) : null;

    /// <summary>A platform as newer clients write it, an OCI platform in JSON, or as text.</summary>
    internal static Platform PlatformOf(string text)
    {
        if (!text.StartsWith('{'))
        {
            return PlatformSyntax.Parse(text);
        }

        try
        {
            using System.Text.Json.JsonDocument document = System.Text.Json.JsonDocument.Parse(text);
            (string? os, string? architecture, string? variant) = (
                document.RootElement.Text("os"), document.RootElement.Text("architecture"), document.RootElement.Text("variant"));
            return PlatformSyntax.Parse(string.Join('/', new[] { os, architecture, variant }.Where(static part => part is not null)));
        }
        catch (System.Text.Json.JsonException)
        {
            throw ApiException.Invalid("invalid platform");
        }
    }
}
