using System;
using System.IO;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>Exit codes, and one line for every kind of bad input.</summary>
public sealed class ExitCodesTests(TestImages images) : SandboxTest(images)
{
    [Theory]
    [InlineData("exit 0", 0)]
    [InlineData("exit 3", 3)]
    [InlineData("exit 255", 255)]
    [InlineData("exit 124", 124)]
    [InlineData("kill -9 $$; sleep 1; exit 5", 5)]
    [InlineData("sh -c 'kill -9 $$'; exit $?", 137)]
    [InlineData("sh -c 'kill -TERM $$'; exit $?", 143)]
    public void Exec_CommandEnds_ItsCodeIsOurs(string script, int code) => Shell(script).Exits(code);

    [Fact]
    public void Exec_KilledByASignal_Is128AndTheSignal() =>
        Exec(["--init"], "sh", "-c", "kill -SEGV $$").Exits(139);

    [Theory]
    [InlineData("missing")]
    [InlineData("/bin/missing")]
    [InlineData("./missing")]
    public void Exec_CommandNotFound_Is127(string command) => Exec([], command).FailsWith(127, command);

    [Theory]
    [InlineData("/etc/passwd")]
    [InlineData("/etc")]
    public void Exec_CommandNotExecutable_Is126(string command) => Exec([], command).FailsWith(126, command);

    [Fact]
    public void Exec_WrongFormat_Is126() =>
        Exec(["-v", Roots.NewFile("garbage", "\u0001\u0002garbage") + ":/garbage:ro"], "/garbage").FailsWith(126, "/garbage");

    [Fact]
    public void Exec_ScriptWithMissingInterpreter_Is127()
    {
        string script = Roots.NewFile("script", "#!/no/such/interpreter\n");
        File.SetUnixFileMode(script, (UnixFileMode)0x1ED);
        _ = Exec(["-v", script + ":/script:ro"], "/script").FailsWith(127, "/script");
    }

    [Fact]
    public void Timeout_Passed_Is124_AfterTermThenKill()
    {
        CommandResult polite = Shell("trap 'echo got TERM; exit 3' TERM; sleep 30 & wait", "--timeout", "300ms").Exits(124);
        Assert.Equal("got TERM\n", polite.Stdout);

        CommandResult stubborn = Shell("trap '' TERM; while :; do sleep 0.1; done", "--timeout=300ms").Exits(124);
        Assert.True(stubborn.Elapsed < TimeSpan.FromSeconds(20), stubborn.ToString());
    }

    [Fact]
    public void Timeout_NotReached_ChangesNothing() => Shell("exit 4", "--timeout", "1m").Exits(4);

    [Fact]
    public void Timeout_WithoutATermHandler_EndsAtOnce()
    {
        // PID 1 without a handler never sees SIGTERM: there is nothing to wait for.
        CommandResult result = Exec(["--timeout", "200ms"], "sleep", "60").Exits(124);
        Assert.True(result.Elapsed < TimeSpan.FromSeconds(3), result.ToString());
    }

    [Theory]
    [InlineData("oci:/no/such/directory")]
    [InlineData("oci-archive:/no/such/file")]
    [InlineData("docker-archive:/no/such/file")]
    [InlineData("not-here:latest")]
    public void Exec_UnknownImage_Is125(string image) =>
        FastRun("exec", "--no-workspace", image, "--", "true").Run().FailsWith(125, image.Split(':')[1]);

    [Fact]
    public void Exec_UnknownTag_Is125() =>
        FastRun("exec", "--no-workspace", Images.Busybox.Replace(":latest", ":missing", StringComparison.Ordinal), "--", "true").Run()
            .FailsWith(125, "missing");

    [Theory]
    [InlineData("UPPER/case")]
    [InlineData("a//b")]
    [InlineData("../escape")]
    [InlineData("image@sha256:short")]
    [InlineData("image:bad tag")]
    public void Exec_BadReference_Is125(string image) =>
        FastRun("exec", "--no-workspace", image, "--", "true").Run().FailsWith(125, image);

    [Fact]
    public void Exec_EmptyReference_Is125() => FastRun("exec", "--no-workspace", "", "--", "true").Run().FailsWith(125, "image");

    [Fact]
    public void Exec_UnknownPlatform_Is125()
    {
        _ = FastRun("exec", "--no-workspace", "--platform", "linux/riscv64", Images.MultiPlatform, "--", "true").Run().FailsWith(125, "riscv64");
        _ = FastRun("exec", "--no-workspace", "--platform", "tomato", Images.MultiPlatform, "--", "true").Run().FailsWith(125, "tomato");
    }

    [Fact]
    public void Exec_UnknownFlag_Is125() => Exec(["--no-such-flag"], "true").FailsWith(125, "--no-such-flag");

    [Fact]
    public void Exec_NoImage_Is125() => FastRun("exec").Run().FailsWith(125, "exec");

    [Fact]
    public void UnknownCommand_IsNamed() => Assert.Contains("dance", FastRun("dance").Run().FailsWith(125, "dance").Stderr, StringComparison.Ordinal);

    [Fact]
    public void Exec_NoCommandAnywhere_Is125()
    {
        OciLayout layout = new(Path.Combine(Roots.Top, "bare"));
        layout.AddImage("latest", [BusyboxRoot.Tar().ToArray()]);
        _ = FastRun("exec", "--no-workspace", layout.Reference, "--").Run().FailsWith(125, "command");
    }

    [Theory]
    [InlineData("-v", "relative:/x:ro:more:fields")]
    [InlineData("-v", "relative:/x:purple")]
    [InlineData("-v", "/tmp:/x:purple")]
    [InlineData("--mount", "type=dance,target=/x")]
    [InlineData("--mount", "type=bind,target=/x")]
    [InlineData("--mount", "type=bind,source=/tmp,target=/x,bind-propagation=odd")]
    [InlineData("--add-host", "nocolon")]
    [InlineData("--add-host", "name:not-an-address")]
    [InlineData("--dns", "name")]
    [InlineData("--sysctl", "nonsense")]
    [InlineData("--security-opt", "purple")]
    [InlineData("--security-opt", "seccomp=/no/such/file")]
    [InlineData("--device", "/dev/none-such")]
    [InlineData("--env-file", "/no/such/file")]
    [InlineData("-w", "relative")]
    [InlineData("--stop-signal", "SIGNONE")]
    [InlineData("--workspace", "/no/such/directory")]
    [InlineData("--hostname", "bad name")]
    public void Exec_BadValue_Is125AndNamesIt(string flag, string value) =>
        FastRun("exec", flag, value, Images.Busybox, "--", "true").Run().FailsWith(125, value.Split(':', '=')[0]);

    [Fact]
    public void Exec_WrongDigest_NothingIsKept() => Corrupted(layout =>
    {
        string blob = LayerBlob(layout);
        byte[] bytes = File.ReadAllBytes(blob);
        bytes[^5] ^= 0xFF;
        File.WriteAllBytes(blob, bytes);
    });

    [Fact]
    public void Exec_TruncatedLayer_NothingIsKept() => Corrupted(layout =>
    {
        using FileStream blob = new(LayerBlob(layout), FileMode.Open);
        blob.SetLength(blob.Length / 2);
    });

    [Fact]
    public void Exec_MissingLayer_NothingIsKept() => Corrupted(layout => File.Delete(LayerBlob(layout)));

    [Fact]
    public void Exec_DiffIdOfAnotherLayer_NothingIsKept() => Corrupted(edit: (config, _) =>
        config["rootfs"]!["diff_ids"]![0] = OciLayout.DigestOf([1, 2, 3]));

    [Fact]
    public void Exec_FewerDiffIdsThanLayers_IsRefused() => Corrupted(edit: (config, _) =>
        config["rootfs"]!["diff_ids"] = new JsonArray());

    [Fact]
    public void Exec_ManifestThatIsAlsoAnIndex_IsRefused() => Corrupted(edit: (_, manifest) =>
        manifest["manifests"] = new JsonArray());

    [Fact]
    public void Exec_DigestThatIsAPath_IsRefused() => Corrupted(edit: (_, manifest) =>
        manifest["layers"]![0]!["digest"] = "sha256:../../../../../../../../etc/passwd");

    [Fact]
    public void Exec_GarbageInsteadOfAnArchive_IsRefused()
    {
        string file = Roots.NewFile("garbage.tar", new string('x', 100_000));
        _ = FastRun("exec", "--no-workspace", "docker-archive:" + file, "--", "true").Run().FailsWith(125);
        _ = FastRun("exec", "--no-workspace", "oci-archive:" + file, "--", "true").Run().FailsWith(125);
    }

    [Fact]
    public void Exec_WithoutPermission_SaysSo()
    {
        CommandResult result = Command.Run(
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", Repository.Binary, "--data-root", "/proc/none", "--run-root", "/proc/none",
            "exec", "--no-workspace", Images.Busybox, "--", "true");
        _ = result.FailsWith(125);
    }

    private static string LayerBlob(OciLayout layout)
    {
        JsonNode index = JsonNode.Parse(File.ReadAllText(Path.Combine(layout.Directory, "index.json")))!;
        JsonNode manifest = JsonNode.Parse(File.ReadAllText(layout.BlobPath((string)index["manifests"]![0]!["digest"]!)))!;
        return layout.BlobPath((string)manifest["layers"]![0]!["digest"]!);
    }

    private void Corrupted(Action<OciLayout>? damage = null, Action<JsonObject, JsonObject>? edit = null)
    {
        OciLayout layout = new(Path.Combine(Roots.Top, "damaged"));
        layout.AddImage("latest", [BusyboxRoot.Tar().ToArray()], edit: edit);
        damage?.Invoke(layout);

        _ = FastRun("exec", "--no-workspace", layout.Reference, "--", "true").Run().FailsWith(125);

        string layers = Path.Combine(Roots.Data, "layers");
        Assert.True(!Directory.Exists(layers) || Directory.GetDirectories(layers, "[!_]*").Length == 0);
        Assert.Equal("", FastRun("images", "-q").Run().Output);
    }
}
