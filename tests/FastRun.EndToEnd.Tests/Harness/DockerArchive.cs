using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>What <c>docker save</c> writes, of layers that no Docker would have.</summary>
internal static class DockerArchive
{
    /// <summary>Writes one and returns its path.</summary>
    internal static string Write(string directory, IReadOnlyList<byte[]> layers, string name = "hostile.test/image:1", IReadOnlyList<string>? command = null)
    {
        JsonObject config = new()
        {
            ["architecture"] = OciLayout.HostArchitecture,
            ["os"] = "linux",
            ["rootfs"] = new JsonObject
            {
                ["type"] = "layers",
                ["diff_ids"] = new JsonArray([.. layers.Select(layer => (JsonNode)OciLayout.DigestOf(layer))]),
            },
        };
        if (command is not null)
        {
            config["created"] = "2020-02-02T02:02:02Z";
            config["config"] = new JsonObject { ["Cmd"] = new JsonArray([.. command.Select(static word => (JsonNode)word)]), ["Env"] = new JsonArray("PATH=/bin:/usr/bin") };
        }

        JsonArray names = [];
        List<string> files = ["manifest.json", "config.json"];
        for (int i = 0; i < layers.Count; i++)
        {
            files.Add($"layer{i}.tar");
            names.Add((JsonNode)files[^1]);
            File.WriteAllBytes(Path.Combine(directory, files[^1]), layers[i]);
        }

        JsonArray manifest = [new JsonObject { ["Config"] = "config.json", ["RepoTags"] = new JsonArray((JsonNode)name), ["Layers"] = names }];
        File.WriteAllText(Path.Combine(directory, "config.json"), config.ToJsonString());
        File.WriteAllText(Path.Combine(directory, "manifest.json"), manifest.ToJsonString());
        string archive = directory + ".tar";
        _ = Command.Output("tar", ["-C", directory, "-cf", archive, .. files]);
        return archive;
    }
}
