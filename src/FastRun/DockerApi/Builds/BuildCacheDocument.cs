using System.Collections.Generic;
using System.Text.Json.Nodes;
using FastRun.Engine.Build.Cache;

namespace FastRun.DockerApi.Builds;

/// <summary>What builds keep, as clients read it (Engine API, BuildCache).</summary>
internal static class BuildCacheDocument
{
    internal static JsonArray Of(IEnumerable<BuildCacheEntry> entries, ApiVersion version)
    {
        JsonArray array = [];
        foreach (BuildCacheEntry entry in entries)
        {
            JsonObject document = new()
            {
                ["ID"] = entry.Id,
                ["Type"] = entry.Type,
                ["Description"] = entry.Description,
                ["InUse"] = entry.IsInUse,
                ["Shared"] = entry.IsShared,
                ["Size"] = entry.Bytes,
                ["CreatedAt"] = ApiTime.Text(entry.LastUsed),
                ["LastUsedAt"] = ApiTime.Text(entry.LastUsed),
                ["UsageCount"] = 1,
            };
            if (version < new ApiVersion(42))
            {
                document["Parent"] = "";
            }

            array.Add((JsonNode)document);
        }

        return array;
    }
}
