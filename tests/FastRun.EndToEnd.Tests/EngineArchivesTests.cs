using System;
using System.IO;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>What FastRun saves is what docker and podman load, and the other way round. Both have state of their own, and no network.</summary>
public sealed class EngineArchivesTests(TestImages images) : SandboxTest(images)
{
    private string Saved => Path.Combine(Roots.Top, "saved.tar");

    private string Theirs => Path.Combine(Roots.Top, "theirs.tar");

    [Fact]
    public void Podman_LoadsWhatIsSavedAndSavesWhatIsLoaded()
    {
        string id = Commit();
        Podman podman = new(Roots);
        string[]? tars = null;
        foreach (string format in new[] { "docker-archive", "oci-archive" })
        {
            _ = FastRun("save", "--format", format, "-o", Saved, "example.test/made:1").Run().Exits(0);
            _ = podman.Output("load", "-i", Saved);
            Assert.Equal(id, "sha256:" + podman.Output("image", "inspect", "--format", "{{.Id}}", "example.test/made:1"));
            File.Delete(Theirs);
            _ = podman.Output("save", "--format", format, "-o", Theirs, "example.test/made:1");
            if (format == "docker-archive")
            {
                Assert.Equal(tars = LayerTars(Saved), LayerTars(Theirs));
            }

            _ = FastRun("rmi", "example.test/made:1").Run().Exits(0);
            Assert.Equal("Loaded image: example.test/made:1", FastRun("load", "-i", Theirs).Run().Output);
            Assert.Equal(id, FastRun("images", "-q", "--no-trunc", "example.test/made").Run().Output);
            Assert.Equal("hi", FastRun("exec", "--no-workspace", "example.test/made:1", "--", "cat", "/hello").Run().Output);

            // What came in from a stranger goes out as it was.
            _ = FastRun("save", "-o", Saved, "example.test/made:1").Run().Exits(0);
            Assert.Equal(tars, LayerTars(Saved));
            _ = podman.Output("rmi", "-af");
        }
    }

    [Fact]
    public void Docker_LoadsWhatIsSavedAndSavesWhatIsLoaded()
    {
        string id = Commit();
        _ = FastRun("save", "-o", Saved, "example.test/made:1").Run().Exits(0);
        using (DockerDaemon docker = new(Roots.NewDirectory("docker")))
        {
            Assert.Equal("Loaded image: example.test/made:1", docker.Output("load", "-i", Saved));
            Assert.Equal(id, docker.Output("image", "inspect", "-f", "{{.Id}}", "example.test/made:1"));
            _ = docker.Output("save", "-o", Theirs, "example.test/made:1");
        }

        Assert.Equal(LayerTars(Saved), LayerTars(Theirs));
        _ = FastRun("rmi", "example.test/made:1").Run().Exits(0);
        Assert.Equal("Loaded image: example.test/made:1", FastRun("load", "-i", Theirs).Run().Output);
        Assert.Equal(id, FastRun("images", "-q", "--no-trunc", "example.test/made").Run().Output);
    }

    /// <summary>The digests of all layers' tars in an archive, in the order of the image, which must be the diffIDs.</summary>
    private string[] LayerTars(string archive)
    {
        string work = Roots.NewDirectory("tars-" + Guid.NewGuid().ToString("N"));
        _ = Command.Output("tar", "-C", work, "-xf", archive);
        JsonNode image = JsonNode.Parse(File.ReadAllText(Path.Combine(work, "manifest.json")))![0]!;
        JsonNode config = JsonNode.Parse(File.ReadAllText(Path.Combine(work, (string)image["Config"]!)))!;
        string[] tars = [.. image["Layers"]!.AsArray().Select(layer => OciLayout.DigestOf(File.ReadAllBytes(Path.Combine(work, (string)layer!))))];
        Assert.Equal(config["rootfs"]!["diff_ids"]!.AsArray().Select(diffId => (string)diffId!), tars);
        return tars;
    }

    private string Commit()
    {
        _ = FastRun("run", "--name", "box", Images.Layered, "sh", "-c", "echo hi > /hello; rm -r /case/opaque; mkdir /case/opaque; rm /case/kept").Run().Exits(0);
        string id = FastRun("commit", "box", "example.test/made:1").Run().Output;
        _ = FastRun("rm", "box").Run().Exits(0);
        return id;
    }
}
