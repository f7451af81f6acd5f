using System;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests;

/// <summary>Pulling from the distribution project's registry, to which skopeo pushes.</summary>
public sealed class PullTests : SandboxTest
{
    private readonly DockerRegistry _registry = new();
    private bool _isStopped;

    public PullTests(TestImages images)
        : base(images)
    {
    }

    [Fact]
    public void Exec_ImageThatIsNotHere_IsPulledOnce()
    {
        string name = Push(Images.Busybox, "app:latest");
        CommandResult first = Run(name, "echo", "hello");
        Assert.Equal("hello", first.Output);
        Assert.Contains("latest: Pulling from app\n", first.Stderr, StringComparison.Ordinal);
        Assert.Contains($"Status: Downloaded newer image for {name}\n", first.Stderr, StringComparison.Ordinal);
        StopRegistry();
        CommandResult second = Run(name, "echo", "again");
        Assert.Equal(("again", ""), (second.Output, second.Stderr));
    }

    [Fact]
    public void Pull_Twice_DockersWords()
    {
        string name = Push(Images.Busybox, "team/app:latest");
        string digest = RemoteDigest(name);
        string[] first = FastRun("pull", name[..^":latest".Length]).Run().Lines;
        Assert.Equal("Using default tag: latest", first[0]);
        Assert.Equal("latest: Pulling from team/app", first[1]);
        Assert.Matches("^[0-9a-f]{12}: Pull complete$", first[2]);
        Assert.Equal([$"Digest: {digest}", $"Status: Downloaded newer image for {name}", name], first[^3..]);
        Assert.Equal(
            ["latest: Pulling from team/app", $"Digest: {digest}", $"Status: Image is up to date for {name}", name],
            FastRun("pull", name).Run().Lines);
        Assert.Equal(name, FastRun("pull", "-q", name).Run().Output);
    }

    [Fact]
    public void Pull_Ended_ImageComesToTheDiskByItself()
    {
        _ = FastRun("pull", "-q", Push(Images.Busybox, "app:latest")).Run().Output;
        string record = Assert.Single(Directory.GetFiles(Path.Combine(Roots.Data, "images", "_ids")));

        // The byte of the record that says so (LaunchRecordFormat).
        Assert.True(SpinWait.SpinUntil(() => File.ReadAllBytes(record)[10] == 1, TimeSpan.FromMinutes(2)));
    }

    [Fact]
    public void Pull_DockerSchema2_Runs()
    {
        string name = Push(Images.Busybox, "app:v2s2", "--format", "v2s2");
        Assert.Equal("hello", Run(name, "echo", "hello").Output);
    }

    [Fact]
    public void Pull_Index_TheHostsPlatformUnderTheIndexDigest()
    {
        string name = Push(Images.MultiPlatform, "multi:latest", "--all");
        string digest = RemoteDigest(name);
        Assert.Equal("host", Run(name, "cat", "/platform").Output);
        Assert.Contains(digest, FastRun("images", "--digests").Run().Output, StringComparison.Ordinal);
        string repository = name[..^":latest".Length];
        string inspected = FastRun("inspect", "--format", "{{json .RepoDigests}}", name).Run().Output;
        Assert.Equal($"[\"{repository}@{digest}\"]", inspected);
        Assert.Equal("host", FastRun("exec", "--no-workspace", "--offline", $"{repository}@{digest}", "--", "cat", "/platform").Run().Output);
    }

    [Fact]
    public void Exec_PlatformOfAnIndex_ThatOneIsPulled()
    {
        string name = Push(Images.MultiPlatform, "multi:latest", "--all");
        Assert.Equal("host", Run(name, "cat", "/platform").Output);
        Assert.Equal(
            "s390x",
            FastRun("exec", "--no-workspace", "-q", "--platform", "linux/s390x", name, "--", "cat", "/platform").Run().Output);
        _ = FastRun("pull", "--platform", "linux/riscv64", name).Run().FailsWith(1, "no image for linux/riscv64", "linux/s390x");
    }

    [Fact]
    public void Pull_ByDigest_NoTag()
    {
        string name = Push(Images.Busybox, "app:latest");
        string digest = RemoteDigest(name);
        string reference = $"{name[..^":latest".Length]}@{digest}";
        string[] lines = FastRun("pull", reference).Run().Lines;
        Assert.Equal($"{digest}: Pulling from app", lines[0]);
        Assert.Equal(reference, lines[^1]);
        Assert.Contains("<none>", FastRun("images").Run().Output, StringComparison.Ordinal);
        Assert.Equal("hello", FastRun("exec", "--no-workspace", "--offline", reference, "--", "echo", "hello").Run().Output);
    }

    [Fact]
    public void Pull_TagThatMoved_OldImageLosesItsTag()
    {
        string name = Push(Images.Busybox, "app:latest");
        _ = FastRun("pull", "-q", name).Run().Exits(0);
        _ = Push(Images.Configured, "app:latest");
        Assert.Contains("Downloaded newer image", FastRun("pull", name).Run().Output, StringComparison.Ordinal);
        string[] tags = FastRun("images", "--format", "{{.Tag}}").Run().Lines;
        Assert.Equal(["<none>", "latest"], tags.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Pull_AllTags_EveryOne()
    {
        string name = Push(Images.Busybox, "app:one");
        _ = Push(Images.Configured, "app:two");
        string repository = name[..^":one".Length];
        string[] lines = FastRun("pull", "-a", "-q", repository).Run().Lines;
        Assert.Equal([repository + ":one", repository + ":two"], lines);
        Assert.Equal(2, FastRun("images", "-q").Run().Lines.Length);
        _ = FastRun("pull", "-a", name).Run().FailsWith(1, "tag can't be used with --all-tags/-a");
    }

    [Fact]
    public void Exec_RegistryIsOut_PoliciesDiffer()
    {
        string name = Push(Images.Busybox, "app:latest");
        _ = FastRun("pull", "-q", name).Run().Exits(0);
        StopRegistry();
        Assert.Equal("", Policy("missing", name).Exits(0).Stderr);
        Assert.Equal("", Policy("never", name).Exits(0).Stderr);
        CommandResult newer = Policy("newer", name);
        Assert.Equal(0, newer.ExitCode);
        Assert.EndsWith(": using the local copy\n", newer.Stderr, StringComparison.Ordinal);
        _ = Policy("always", name).FailsWith(125, _registry.Authority);
    }

    [Fact]
    public void Exec_NewerAndAlways_FollowTheTag()
    {
        string name = Push(Images.Busybox, "app:latest");
        foreach (string policy in (string[])["newer", "always"])
        {
            _ = Push(Images.Busybox, "app:latest");
            Assert.Equal(0, Policy(policy, name).ExitCode);
            _ = Push(Images.Layered, "app:latest");
            Assert.Contains("Downloaded newer image", Policy(policy, name).Exits(0).Stderr, StringComparison.Ordinal);
            Assert.Contains("Image is up to date", Policy(policy, name).Exits(0).Stderr, StringComparison.Ordinal);
        }
    }

    [Fact]
    public void Exec_WithoutARegistry_TellsWhatIsMissing()
    {
        string name = Push(Images.Busybox, "app:latest");
        _ = Offline(name).FailsWith(125, name, "no such image on this machine, and --offline forbids to pull it");
        _ = Policy("never", name).FailsWith(125, "no such image on this machine, and --pull never forbids to pull it");
        _ = FastRun("exec", "--offline", "--pull", "always", name, "--", "true").Run().FailsWith(125, "exclude each other");
        _ = FastRun("exec", "--pull", "sometimes", name, "--", "true").Run().FailsWith(125, "invalid pull option");
    }

    [Fact]
    public void Exec_AfterAPowerCut_OfflineListsTheLayersAndOnlinePullsAgain()
    {
        string name = Push(Images.Busybox, "app:latest");
        _ = FastRun("pull", "-q", name).Run().Exits(0);
        LoseWhatIsNotDurable();
        string layer = Command.Output("skopeo", "inspect", "--tls-verify=false", "--format", "{{index .Layers 0}}", "docker://" + name);
        _ = Offline(name).FailsWith(125, "--offline forbids to pull", layer);
        CommandResult again = Run(name, "echo", "hello");
        Assert.Equal("hello", again.Output);
        Assert.Contains("had not reached the disk when the machine lost power: pulling it again\n", again.Stderr, StringComparison.Ordinal);
        Assert.Equal("hello", FastRun("exec", "--no-workspace", "--offline", name, "--", "echo", "hello").Run().Output);
    }

    [Fact]
    public void Pull_UnknownImage_OneLine()
    {
        _ = FastRun("pull", _registry.Authority + "/nothing").Run().FailsWith(1, "nothing");
        _ = FastRun("pull", "oci:/nowhere").Run().FailsWith(1, "not the name of a registry's image");
        Assert.False(Directory.Exists(Path.Combine(Roots.Data, "staging")) && Directory.EnumerateFileSystemEntries(Path.Combine(Roots.Data, "staging")).Any());
    }

    protected override void Dispose(bool disposing)
    {
        StopRegistry();
        base.Dispose(disposing);
    }

    private void StopRegistry()
    {
        if (!_isStopped)
        {
            _isStopped = true;
            _registry.Dispose();
        }
    }

    private string Push(string image, string name, params string[] options)
    {
        string target = $"{_registry.Authority}/{name}";
        _ = new Command(
            "skopeo", ["--insecure-policy", "copy", "-q", "--dest-tls-verify=false", .. options, image, "docker://" + target]).Run().Exits(0);
        return target;
    }

    private static string RemoteDigest(string name) =>
        FaultyRegistry.DigestOf(System.Text.Encoding.UTF8.GetBytes(
            new Command("skopeo", "inspect", "--raw", "--tls-verify=false", "docker://" + name).Run().Exits(0).Stdout));

    private CommandResult Run(string name, params string[] command) =>
        FastRun(["exec", "--no-workspace", name, "--", .. command]).Run();

    private CommandResult Policy(string policy, string name) =>
        FastRun("exec", "--no-workspace", "--pull", policy, name, "--", "true").Run();

    private CommandResult Offline(string name) => FastRun("exec", "--no-workspace", "--offline", name, "--", "true").Run();

    /// <summary>What a power cut before the sync does: the marks say that another boot wrote it, and that it was not synced.</summary>
    private void LoseWhatIsNotDurable()
    {
        Roots.AwaitSync();
        string id = Directory.GetFiles(Path.Combine(Roots.Data, "images", "_ids")).Single();
        byte[] record = File.ReadAllBytes(id);
        record[10] = 0;
        record.AsSpan(16, 16).Fill(7);
        BitConverter.TryWriteBytes(record.AsSpan(12), Crc32C(record.AsSpan(16)));
        File.WriteAllBytes(id, record);
        foreach (string layer in Directory.GetFiles(Path.Combine(Roots.Data, "layers"), "layer.json", SearchOption.AllDirectories))
        {
            File.WriteAllText(layer, "");
        }
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc = System.Numerics.BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }
}
