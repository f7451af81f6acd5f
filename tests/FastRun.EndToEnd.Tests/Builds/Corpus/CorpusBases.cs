using System.Collections.Generic;
using System.IO;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds.Corpus;

/// <summary>The images that the corpus builds upon, in one archive that every engine can load.</summary>
internal static class CorpusBases
{
    private static readonly string[] s_names = ["corpus/base:latest", "corpus/bare:latest", "corpus/configured:latest", "corpus/triggers:latest"];

    /// <summary>Writes the archive.</summary>
    internal static void Write(string archive)
    {
        string directory = archive + ".parts";
        Directory.CreateDirectory(directory);
        byte[] layer = Tree().ToArray();
        File.WriteAllBytes(Path.Combine(directory, "layer.tar"), layer);
        JsonArray manifest = [];
        List<string> files = ["manifest.json", "layer.tar"];
        for (int i = 0; i < s_names.Length; i++)
        {
            string file = $"config{i}.json";
            File.WriteAllText(Path.Combine(directory, file), Config(s_names[i], layer).ToJsonString());
            files.Add(file);
            manifest.Add((JsonNode)new JsonObject { ["Config"] = file, ["RepoTags"] = new JsonArray(s_names[i]), ["Layers"] = new JsonArray("layer.tar") });
        }

        File.WriteAllText(Path.Combine(directory, "manifest.json"), manifest.ToJsonString());
        _ = Command.Output("tar", ["-C", directory, "-cf", archive, .. files]);
        Directory.Delete(directory, recursive: true);
    }

    /// <summary>What is in them.</summary>
    internal static ImageListing Read(string archive) => new(archive, s_names[0]);

    /// <summary>Writes an image of a whole distribution as an archive.</summary>
    /// <param name="archive">The archive.</param>
    /// <param name="layout">The image.</param>
    /// <param name="name">What it is called.</param>
    internal static void Write(string archive, string layout, string name) =>
        _ = Command.Output("skopeo", "--insecure-policy", "copy", layout, $"docker-archive:{archive}:{name}:latest");

    private static LayerTar Tree() => BusyboxRoot.Tar()
        .Directory("dev").Directory("proc").Directory("sys").Directory("run").File("etc/hosts", "").File("etc/resolv.conf", "")
        .Directory("base").File("base/file", "of the base").File("base/private", "private", mode: 0x180, uid: 1000, gid: 1000)
        .File("base/linked", "two names").HardLink("base/link-of-linked", "base/linked")
        .Directory("base/dir").File("base/dir/a", "a").File("base/dir/b", "b").Directory("base/dir/deep").File("base/dir/deep/c", "c")
        .Directory("base/owned", mode: 0x1E8, uid: 1000, gid: 1000).File("base/owned/file", "owned", uid: 1000, gid: 1000)
        .SymbolicLink("base/to-file", "file").SymbolicLink("base/to-dir", "dir").SymbolicLink("base/absolute", "/base/dir")
        .SymbolicLink("base/dangling", "not/there").SymbolicLink("base/outside", "../../../../base/dir").SymbolicLink("base/loop", "loop");

    private static JsonObject Config(string name, byte[] layer) => new()
    {
        ["architecture"] = OciLayout.HostArchitecture,
        ["os"] = "linux",
        ["created"] = "2024-01-02T03:04:05Z",
        ["config"] = name.Split('/', ':')[1] switch
        {
            "bare" => new JsonObject(),
            "configured" => new JsonObject
            {
                ["Env"] = new JsonArray("PATH=/bin:/usr/bin", "OF_BASE=base value"),
                ["Entrypoint"] = new JsonArray("/bin/entry"),
                ["Cmd"] = new JsonArray("of", "base"),
                ["User"] = "build",
                ["WorkingDir"] = "/base/owned",
                ["Labels"] = new JsonObject { ["of.base"] = "yes", ["shared"] = "base" },
                ["Volumes"] = new JsonObject { ["/base/dir"] = new JsonObject() },
                ["ExposedPorts"] = new JsonObject { ["80/tcp"] = new JsonObject() },
                ["StopSignal"] = "SIGUSR1",
                ["Shell"] = new JsonArray("/bin/sh", "-e", "-c"),
                ["Healthcheck"] = new JsonObject { ["Test"] = new JsonArray("CMD", "/bin/true"), ["Interval"] = 5_000_000_000 },
            },
            "triggers" => new JsonObject
            {
                ["Env"] = new JsonArray("PATH=/bin:/usr/bin"),
                ["OnBuild"] = new JsonArray("ARG NAME=nobody", "RUN echo \"triggered for $NAME\" > /triggered", "COPY file /copied", "ENV TRIGGERED=1"),
            },
            _ => new JsonObject { ["Env"] = new JsonArray("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"), ["Cmd"] = new JsonArray("sh") },
        },
        ["rootfs"] = new JsonObject { ["type"] = "layers", ["diff_ids"] = new JsonArray(OciLayout.DigestOf(layer)) },
        ["history"] = new JsonArray(new JsonObject { ["created"] = "2024-01-02T03:04:05Z", ["created_by"] = "the corpus" }),
    };
}
