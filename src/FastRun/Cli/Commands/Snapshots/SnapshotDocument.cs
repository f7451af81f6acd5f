using System.Collections.Generic;
using System.Globalization;
using System.Text.Json.Nodes;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;

namespace FastRun.Cli.Commands.Snapshots;

/// <summary>A snapshot as <c>snapshot inspect</c> shows it, in the manner of Docker's documents.</summary>
internal static class SnapshotDocument
{
    internal static JsonObject Of(SnapshotDetails snapshot)
    {
        ContainerConfig config = snapshot.Config.Config ?? new ContainerConfig();
        SnapshotOrigin origin = snapshot.Config.Snapshot ?? new SnapshotOrigin();
        return new JsonObject
        {
            ["Name"] = snapshot.Name.SnapshotName,
            ["ImageId"] = snapshot.Record.ImageId.ToString(),
            ["Created"] = snapshot.Config.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss.fffffff'Z'", CultureInfo.InvariantCulture),
            ["From"] = origin.From ?? "",
            ["Parent"] = origin.Parent ?? "",
            ["Command"] = List(origin.Command),
            ["Includes"] = List(origin.Includes),
            ["Message"] = snapshot.Config.History is [.., { Comment: { } message }] ? message : "",
            ["Size"] = snapshot.Size,
            ["VirtualSize"] = snapshot.VirtualSize,
            ["Layers"] = List(snapshot.Record.LayerIds),
            ["Labels"] = Map(config.Labels),
            ["Env"] = List(config.Env),
            ["User"] = config.User ?? "",
            ["WorkingDir"] = config.WorkingDir ?? "",
            ["Entrypoint"] = List(config.Entrypoint),
            ["Cmd"] = List(config.Cmd),
            ["Volumes"] = List(config.Volumes?.Keys),
        };
    }

    private static JsonArray List(IEnumerable<string>? texts)
    {
        var list = new JsonArray();
        foreach (string text in texts ?? [])
        {
            list.Add((JsonNode?)text);
        }

        return list;
    }

    private static JsonObject Map(IReadOnlyDictionary<string, string>? pairs)
    {
        var map = new JsonObject();
        foreach ((string key, string value) in pairs ?? new Dictionary<string, string>())
        {
            map[key] = value;
        }

        return map;
    }
}
