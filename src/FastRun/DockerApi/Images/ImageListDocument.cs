using System.Collections.Generic;
using System.Text.Json.Nodes;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.DockerApi.Images;

/// <summary>An image in a list (Engine API, ImageSummary).</summary>
internal static class ImageListDocument
{
    /// <summary>Null for one that was removed meanwhile.</summary>
    internal static JsonObject? Of(InspectImage inspect, Digest id, IReadOnlyList<ImageSummary> names, ApiVersion version)
    {
        try
        {
            ImageDetails details = inspect.Run(id.ToString());
            JsonObject document = new()
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
            if (version < new ApiVersion(44))
            {
                document["VirtualSize"] = names[0].Size;
            }

            if (version < new ApiVersion(43))
            {
                AddNoNames(document, details);
            }

            return document;
        }
        catch (EngineException failure) when (failure.Kind == ErrorKind.NotFound)
        {
            return null;
        }
    }

    /// <summary>What an image without names had for names until 1.42.</summary>
    private static void AddNoNames(JsonObject document, ImageDetails details)
    {
        if (details.RepoTags.Count == 0 && details.RepoDigests.Count == 0)
        {
            document["RepoTags"] = JsonFields.ToArray(["<none>:<none>"]);
            document["RepoDigests"] = JsonFields.ToArray(["<none>@<none>"]);
        }
    }
}
