using System.Globalization;
using System.IO;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary>How much memory a pull may need at most, its binary's own pages included.</summary>
public sealed class PullMemoryTests : SandboxTest
{
    // Waits for its child, so that what the child needed at most is what the kernel says of children (getrusage(2), KiB).
    private const string Measure = """
        import resource, subprocess, sys
        code = subprocess.call(sys.argv[1:], stdout=subprocess.DEVNULL)
        print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
        sys.exit(code)
        """;

    public PullMemoryTests(TestImages images)
        : base(images)
    {
    }

    [Fact]
    public void Pull_LayersSideBySideWithCommonWindows_LittleMemory() =>
        Assert.InRange(MiBOfPull(8, "-19", 12), 1, 112);

    /// <summary>One window of 128 MiB at a time, where those of all layers would be 384 MiB.</summary>
    [Fact]
    public void Pull_LayersSideBySideWithLargeWindows_OneWindow() =>
        Assert.InRange(MiBOfPull(3, "--long=27", 136), 1, 208);

    private int MiBOfPull(int layers, string option, int layerMiB)
    {
        OciLayout layout = new(Roots.NewDirectory("layout"));
        JsonArray diffIds = [];
        JsonArray descriptors = [];
        for (int i = 0; i < layers; i++)
        {
            string script = $"truncate -s {layerMiB}M file{i} && tar -cf layer.tar file{i} && zstd -q -c {option} <layer.tar >layer.zst && sha256sum <layer.tar";
            string sum = (new Command("sh", "-c", script) { WorkingDirectory = Roots.Top }).Run().Output;
            diffIds.Add((JsonNode)("sha256:" + sum.Split(' ')[0]));
            byte[] blob = File.ReadAllBytes(Path.Combine(Roots.Top, "layer.zst"));
            descriptors.Add(layout.AddBlob(blob, "application/vnd.oci.image.layer.v1.tar+zstd"));
        }

        layout.AddImage("latest", [], edit: (config, manifest) =>
        {
            config["rootfs"]!["diff_ids"] = diffIds;
            manifest["layers"] = descriptors;
        });
        using FaultyRegistry registry = new();
        registry.Add(layout);
        Command pull = FastRun("pull", "-q", registry.Authority + "/app:latest");
        CommandResult result = new Command("python3", ["-c", Measure, pull.File, .. pull.Arguments]).Run();
        return int.Parse(result.Output, CultureInfo.InvariantCulture) / 1024;
    }
}
