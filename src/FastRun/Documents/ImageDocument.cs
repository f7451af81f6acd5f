using System.Collections.Generic;
using System.Text.Json;
using System.Text.Json.Nodes;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Documents;

/// <summary>An image in the shape of the Engine API (ImageInspect).</summary>
internal static class ImageDocument
{
    internal static JsonObject Of(ImageDetails image)
    {
        ImageConfig config = image.Config;
        var document = new JsonObject
        {
            ["Id"] = image.Record.ImageId.ToString(),
            ["RepoTags"] = List(image.RepoTags),
            ["RepoDigests"] = List(image.RepoDigests),
            ["Parent"] = "",
            ["Comment"] = config.Comment ?? "",
            ["Created"] = config.Created,
            ["DockerVersion"] = config.DockerVersion ?? "",
            ["Author"] = config.Author ?? "",
            ["Config"] = Config(config.Config ?? new ContainerConfig()),
            ["Architecture"] = config.Architecture,
            ["Os"] = config.Os,
            ["Size"] = image.Record.Size,
            ["GraphDriver"] = new JsonObject { ["Data"] = null, ["Name"] = "overlay" },
            ["RootFS"] = new JsonObject { ["Type"] = "layers", ["Layers"] = List(config.Rootfs?.DiffIds ?? []) },
            ["Metadata"] = new JsonObject { ["LastTagTime"] = "0001-01-01T00:00:00Z" },
        };
        AddUnlessNull(document, "Variant", config.Variant);
        AddUnlessNull(document, "OsVersion", config.OsVersion);
        return document;
    }

    private static JsonObject Config(ContainerConfig config)
    {
        var document = new JsonObject
        {
            ["User"] = config.User ?? "",
            ["Env"] = ListOrNull(config.Env),
            ["Cmd"] = ListOrNull(config.Cmd),
            ["Volumes"] = Keys(config.Volumes),
            ["WorkingDir"] = config.WorkingDir ?? "",
            ["Entrypoint"] = ListOrNull(config.Entrypoint),
            ["OnBuild"] = ListOrNull(config.OnBuild),
            ["Labels"] = Map(config.Labels),
        };
        AddUnlessNull(document, "ExposedPorts", Keys(config.ExposedPorts));
        AddUnlessNull(document, "Healthcheck", Healthcheck(config.Healthcheck));
        AddUnlessNull(document, "StopSignal", config.StopSignal);
        AddUnlessNull(document, "StopTimeout", config.StopTimeout);
        AddUnlessNull(document, "Shell", ListOrNull(config.Shell));
        AddUnlessNull(document, "ArgsEscaped", config.ArgsEscaped);
        return document;
    }

    private static JsonObject? Healthcheck(HealthcheckConfig? probe)
    {
        if (probe is null)
        {
            return null;
        }

        var document = new JsonObject();
        AddUnlessNull(document, "Test", ListOrNull(probe.Test));
        AddUnlessNull(document, "Interval", probe.Interval);
        AddUnlessNull(document, "Timeout", probe.Timeout);
        AddUnlessNull(document, "StartPeriod", probe.StartPeriod);
        AddUnlessNull(document, "StartInterval", probe.StartInterval);
        AddUnlessNull(document, "Retries", probe.Retries);
        return document;
    }

    private static void AddUnlessNull(JsonObject document, string key, JsonNode? value)
    {
        if (value is not null)
        {
            document[key] = value;
        }
    }

    private static JsonArray List(IEnumerable<string> items)
    {
        var list = new JsonArray();
        foreach (string item in items)
        {
            list.Add((JsonNode)item);
        }

        return list;
    }

    private static JsonArray? ListOrNull(IReadOnlyList<string>? items) => items is null ? null : List(items);

    private static JsonObject? Keys(IReadOnlyDictionary<string, JsonElement>? keys)
    {
        if (keys is null)
        {
            return null;
        }

        var document = new JsonObject();
        foreach (string key in keys.Keys)
        {
            document[key] = new JsonObject();
        }

        return document;
    }

    private static JsonObject? Map(IReadOnlyDictionary<string, string>? values)
    {
        if (values is null)
        {
            return null;
        }

        var document = new JsonObject();
        foreach ((string key, string value) in values)
        {
            document[key] = value;
        }

        return document;
    }
}
