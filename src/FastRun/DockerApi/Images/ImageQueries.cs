using System.Collections.Generic;
using System.Linq;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.Documents;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;
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
        filters.RequireKnown("before", "dangling", "label", "reference", "since");
        // A list by name is how clients of old asked for one.
        IReadOnlyList<string> references = exchange.Query("filter") is { Length: > 0 } name ? [name] : filters.Values("reference");
        ImageFilter filter = new()
        {
            Dangling = filters.Values("dangling") is [var dangling, ..] ? dangling is "true" or "1" : null,
            References = references,
            Labels = filters.Values("label"),
            Before = filters.Values("before") is [var before, ..] ? before : null,
            Since = filters.Values("since") is [var since, ..] ? since : null,
        };
        JsonArray list = [];
        InspectImage inspect = new(layout);
        IReadOnlyList<ImageSummary> found = LocalImages.Named(filter.Before ?? filter.Since ?? "", () => new ListImages(layout).Run(filter));
        foreach (IGrouping<Digest, ImageSummary> image in found.GroupBy(static each => each.Id))
        {
            if (Document(inspect, image.Key, [.. image]) is { } document)
            {
                list.Add((JsonNode)document);
            }
        }

        return exchange.AnswerAsync(200, list);
    }

    internal Task InspectAsync(ApiExchange exchange, string name)
    {
        Platform? platform = exchange.Query("platform") is { Length: > 0 } text ? PlatformOf(text) : null;
        return exchange.AnswerAsync(200, ImageDocument.Of(LocalImages.Require(layout, name, platform)));
    }

    internal Task HistoryAsync(ApiExchange exchange, string name)
    {
        JsonArray history = [];
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

    /// <summary>Null for one that was removed meanwhile.</summary>
    private static JsonObject? Document(InspectImage inspect, Digest id, IReadOnlyList<ImageSummary> names)
    {
        try
        {
            ImageDetails details = inspect.Run(id.ToString());
            return new JsonObject
            {
                ["Containers"] = -1,
                ["Created"] = names[0].Created.ToUnixTimeSeconds(),
                ["Id"] = id.ToString(),
                ["Labels"] = details.Config.Config?.Labels is { } labels ? JsonFields.ToObject(labels) : null,
                ["ParentId"] = "",
                ["RepoDigests"] = JsonFields.ToArray(details.RepoDigests),
                ["RepoTags"] = JsonFields.ToArray(details.RepoTags),
                ["SharedSize"] = -1,
                ["Size"] = names[0].Size,
            };
        }
        catch (EngineException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }
}
