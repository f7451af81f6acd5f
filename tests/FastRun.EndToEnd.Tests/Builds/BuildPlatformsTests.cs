using System;
using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary><c>fastrun build --platform</c> with several platforms, and with one that is not the machine's.</summary>
public sealed class BuildPlatformsTests(TestImages images) : BuildTest(images)
{
    private const string CrossCompiling =
        """
        FROM --platform=$BUILDPLATFORM busybox AS build
        RUN echo shared > /shared
        ARG TARGETPLATFORM
        RUN echo for $TARGETPLATFORM > /made
        FROM scratch
        COPY --from=build /shared /made /
        """;

    private const string Both = "linux/amd64,linux/s390x";

    [Fact]
    public void Build_SeveralPlatforms_AreBuiltAtOnceAndPushedAsAnIndex()
    {
        using DockerRegistry registry = new();
        string name = registry.Authority + "/multi:1";
        string metadata = Path.Combine(Roots.Top, "metadata.json");
        string output = Build(CrossCompiling, "--platform", Both, "-t", name, "--push", "--metadata-file", metadata);

        // What does not depend on the target is done once.
        Assert.Single(output.Split('\n'), static line => line.EndsWith("RUN echo shared > /shared", StringComparison.Ordinal));
        Assert.Contains("[linux/amd64->s390x build 3/3] RUN echo for", output, StringComparison.Ordinal);
        Assert.Contains("[linux/amd64 build 3/3] RUN echo for", output, StringComparison.Ordinal);

        string raw = Raw("docker://" + name);
        Assert.Equal("application/vnd.oci.image.index.v1+json", (string?)JsonNode.Parse(raw)!["mediaType"]);
        Assert.Equal(FaultyRegistry.DigestOf(Encoding.UTF8.GetBytes(raw)), (string?)JsonNode.Parse(File.ReadAllText(metadata))!["containerimage.digest"]);
        Assert.Equal(["amd64", "s390x"], JsonNode.Parse(raw)!["manifests"]!.AsArray().Select(static each => (string?)each!["platform"]!["architecture"]));
        foreach (string architecture in (string[])["amd64", "s390x"])
        {
            string layout = Path.Combine(Roots.Top, architecture);
            _ = new Command(
                "skopeo", "--insecure-policy", $"--override-arch={architecture}", "copy", "-q", "--src-tls-verify=false", "docker://" + name, $"oci:{layout}:x")
                .Run().Exits(0);
            _ = Build($"FROM --platform=linux/{architecture} base AS made\nFROM scratch\nCOPY --from=made / /", "--build-context", $"base=oci-layout://{layout}:x", "-o", layout + ".files");
            Assert.Equal($"for linux/{architecture}\n", File.ReadAllText(Path.Combine(layout + ".files", "made")));
        }

        // A second build finds everything; what it pushes is the same.
        _ = Build(CrossCompiling, "--platform", Both, "-t", name);
        _ = FastRun("push", "-q", name).Run().Exits(0);
        Assert.Equal(raw, Raw("docker://" + name));
    }

    [Fact]
    public void Build_SeveralPlatforms_AreAManifestListHereWhoseNameMeansThisMachines()
    {
        string file = Path.Combine(Roots.Top, "id");
        _ = Build(CrossCompiling, "--platform", Both, "-t", "multi", "--iidfile", file);
        string listed = FastRun("manifest", "inspect", "multi").Run().Output;
        Assert.Equal(["amd64", "s390x"], JsonNode.Parse(listed)!["manifests"]!.AsArray().Select(static each => (string?)each!["platform"]!["architecture"]));
        Assert.StartsWith("sha256:", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.NotEqual(IdOf("multi"), File.ReadAllText(file));
        Assert.Equal("amd64", (string?)Inspect("multi")["Architecture"]);

        // The same name for one platform is an image again, and a push of it no list.
        using DockerRegistry registry = new();
        string name = registry.Authority + "/one:1";
        _ = Build(CrossCompiling, "--platform", Both, "-t", name);
        _ = Build("FROM busybox\nRUN echo other > /made", "-t", name);
        _ = FastRun("push", "-q", name).Run().Exits(0);
        Assert.Null(JsonNode.Parse(Raw("docker://" + name))!["manifests"]);
    }

    [Fact]
    public void Build_SeveralPlatforms_OutputsHaveEach()
    {
        string directory = Path.Combine(Roots.Top, "out");
        string tar = Path.Combine(Roots.Top, "out.tar");
        string archive = Path.Combine(Roots.Top, "image.tar");
        _ = Build(CrossCompiling, "--platform", Both, "-t", "multi:1", "-o", directory, "-o", "type=tar,dest=" + tar, "-o", "type=oci,dest=" + archive);
        Assert.Equal("for linux/s390x\n", File.ReadAllText(Path.Combine(directory, "linux_s390x", "made")));
        Assert.Equal("for linux/amd64\n", File.ReadAllText(Path.Combine(directory, "linux_amd64", "made")));
        Assert.Equal("for linux/s390x", Command.Output("tar", "-xOf", tar, "linux_s390x/made").Trim());
        string layout = Roots.NewDirectory("layout");
        _ = Command.Output("tar", "-C", layout, "-xf", archive);
        _ = new Command("skopeo", "--insecure-policy", "--override-arch=s390x", "copy", "-q", $"oci:{layout}", $"dir:{Path.Combine(Roots.Top, "copied")}").Run().Exits(0);
        Assert.Contains("multi:1", FastRun("load", "-i", archive).Run().Output, StringComparison.Ordinal);
        BuildCommand(CrossCompiling, "--progress", "quiet", "--platform", Both, "-o", "type=docker,dest=" + tar)
            .Run().FailsWith(1, "docker exporter does not currently support exporting manifest lists");
    }

    [Fact]
    public void Build_ABaseForSeveralPlatforms_IsThatOfEach()
    {
        string layout = Images.MultiPlatform["oci:".Length..];
        string directory = Path.Combine(Roots.Top, "out");
        _ = Build(
            "FROM base AS one\nARG TARGETARCH\nCOPY <<EOF /is/$TARGETARCH\nEOF\nFROM scratch\nCOPY --from=one /is /is\nCOPY --from=base /platfor[m] /",
            "--platform", "linux/s390x", "--platform", "linux/amd64", "--build-context", "base=oci-layout://" + layout, "-o", directory);
        Assert.True(File.Exists(Path.Combine(directory, "linux_s390x", "is", "s390x")));
        Assert.True(File.Exists(Path.Combine(directory, "linux_amd64", "is", "amd64")));
    }

    [Fact]
    public void Build_OneOfSeveralThatFails_FailsAllWithItsOwnWords()
    {
        string output = BuildCommand(
            "FROM --platform=$BUILDPLATFORM busybox\nARG TARGETARCH\nRUN test $TARGETARCH = amd64 && sleep 1000; exit 7", "--platform", Both)
            .Run().Exits(1).Stderr;
        Assert.Contains("did not complete successfully: exit code: 7", output, StringComparison.Ordinal);
    }

    [Fact]
    public void Build_ARUNForAMachineWithoutInterpreter_SaysWhatIsMissing() => Assert.Contains(
        "fastrun: RUN for linux/sparc64 on linux/amd64: the kernel has no interpreter for its programs (binfmt_misc)\nhint: install qemu-user-static",
        BuildCommand("FROM scratch\nRUN [\"/x\"]", "--platform", "linux/sparc64").Run().Exits(1).Stderr,
        StringComparison.Ordinal);

    [Fact]
    public void Build_ARUNForAMachineWithAnInterpreter_RunsInIt()
    {
        using BinaryFormat format = BinaryFormat.Register(Roots, BinaryFormat.Riscv64, "/bin/busybox", "F");
        WriteForeign("touch", BinaryFormat.Riscv64);
        const string dockerfile = "FROM scratch\nCOPY --chmod=755 touch /bin/touch\nRUN [\"/bin/touch\", \"/emulated\"]";
        string directory = Path.Combine(Roots.Top, "out");
        _ = Build(dockerfile, "--platform", "linux/riscv64", "-o", directory);
        Assert.True(File.Exists(Path.Combine(directory, "emulated")));
    }

    [Fact]
    public void Build_AnInterpreterThatIsNotFixed_MustBeInTheImage()
    {
        string path = $"/interpreter-{Guid.NewGuid():N}/busybox";
        using BinaryFormat format = BinaryFormat.Register(Roots, BinaryFormat.Loong64, path, "");
        if (format.HasOthers)
        {
            Assert.Skip("this machine has an interpreter for loong64");
        }

        WriteForeign("touch", BinaryFormat.Loong64);
        File.Copy("/bin/busybox", Path.Combine(ContextDirectory, "busybox"));
        const string run = "RUN [\"/bin/touch\", \"/emulated\"]";
        Assert.Contains(
            $"the interpreter {path} is registered without the flag F (binfmt_misc), and the image does not have it",
            BuildCommand("FROM scratch\nCOPY --chmod=755 touch /bin/touch\n" + run, "--platform", "linux/loong64").Run().Exits(1).Stderr,
            StringComparison.Ordinal);
        string directory = Path.Combine(Roots.Top, "out");
        _ = Build($"FROM scratch\nCOPY --chmod=755 touch /bin/touch\nCOPY busybox {path}\n" + run, "--platform", "linux/loong64", "-o", directory);
        Assert.True(File.Exists(Path.Combine(directory, "emulated")));
    }

    /// <summary>The beginning of a program of another machine, which is all that the kernel looks at.</summary>
    private void WriteForeign(string name, byte[] header)
    {
        _ = Directory.CreateDirectory(ContextDirectory);
        File.WriteAllBytes(Path.Combine(ContextDirectory, name), [.. header, .. new byte[44]]);
    }

    private static string Raw(string image) =>
        new Command("skopeo", "--insecure-policy", "inspect", "--raw", "--tls-verify=false", image).Run().Exits(0).Stdout;
}
