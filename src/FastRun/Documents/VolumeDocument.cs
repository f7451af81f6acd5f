using System.Collections.Generic;
using System.Globalization;
using System.Text.Json.Nodes;
using FastRun.Engine.Volumes;

namespace FastRun.Documents;

/// <summary>A volume as <c>docker volume inspect</c> shows it (Engine API, Volume).</summary>
internal static class VolumeDocument
{
    internal static JsonObject Of(VolumeSummary volume) => new()
    {
        ["CreatedAt"] = volume.CreatedAt.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
        ["Driver"] = volume.Driver,
        ["Labels"] = Map(volume.Labels),
        ["Mountpoint"] = volume.Mountpoint,
        ["Name"] = volume.Name,
        ["Options"] = Map(volume.Options),
        ["Scope"] = "local",
    };

    private static JsonObject? Map(IReadOnlyDictionary<string, string> pairs)
    {
        if (pairs.Count == 0)
        {
            return null;
        }

        var map = new JsonObject();
        foreach ((string key, string value) in pairs)
        {
            map[key] = value;
        }

        return map;
    }
}
