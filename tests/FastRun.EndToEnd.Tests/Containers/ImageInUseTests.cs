using System;
using System.Collections.Generic;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>A container keeps its image, whether it runs or not: <c>rmi</c>, <c>gc</c> and a storage limit leave it.</summary>
public sealed class ImageInUseTests(TestImages images) : ContainerTest(images)
{
    private const string Name = "localhost/busybox:latest";

    private string? _imageId;

    [Fact]
    public void Rmi_ImageOfAStoppedContainer_IsRefusedInDockersWordsUntilItIsGone()
    {
        string container = Create("kept")[..12];
        string image = ImageId()[..12];

        FastRun("rmi", Name).Run().FailsWith(
            1, $"conflict: unable to remove repository reference \"{Name}\" (must force) - container {container} is using its referenced image {image}");
        FastRun("rmi", image).Run().FailsWith(
            1, $"conflict: unable to delete {image} (must be forced) - image is being used by stopped container {container}");

        AssertStarts("kept");
        FastRun("rm", "kept").Run().Exits(0);
        Assert.Equal($"Deleted: sha256:{ImageId()}", FastRun("rmi", Name).Run().Exits(0).Lines[^1]);
    }

    [Fact]
    public void Rmi_ImageOfARunningContainer_IsRefusedEvenByForceWhereItIsNamedByItsId()
    {
        string container = Detached(["--name", "runs"], "sleep", "1000")[..12];
        string image = ImageId()[..12];

        FastRun("rmi", Name).Run().FailsWith(1, $"(must force) - container {container} is using its referenced image {image}");
        FastRun("rmi", "-f", image).Run().FailsWith(
            1, $"conflict: unable to delete {image} (cannot be forced) - image is being used by running container {container}");

        Assert.Equal("running", StateOf("runs"));
    }

    [Fact]
    public void Rmi_IdOfSeveralTags_IsRefusedInDockersOrder()
    {
        string container = Create("kept")[..12];
        string image = ImageId()[..12];
        FastRun("tag", Name, "localhost/busybox:other").Run().Exits(0);

        // Of one repository or of several, and whether a stopped container needs it or not.
        FastRun("rmi", image).Run().FailsWith(1, $"conflict: unable to delete {image} (must be forced) - image is referenced in multiple repositories");
        string running = Detached(["--name", "runs"], "sleep", "1000")[..12];
        FastRun("rmi", image).Run().FailsWith(1, $"conflict: unable to delete {image} (cannot be forced) - image is being used by running container {running}");
        FastRun("rm", "-f", "runs").Run().Exits(0);
        Assert.Equal(["Untagged: localhost/busybox:other"], FastRun("rmi", "localhost/busybox:other").Run().Lines);
        FastRun("rmi", image).Run().FailsWith(1, $"(must be forced) - image is being used by stopped container {container}");

        FastRun("rm", "kept").Run().Exits(0);
        FastRun("tag", Name, "localhost/busybox:other").Run().Exits(0);
        string[] lines = FastRun("rmi", "-f", image).Run().Exits(0).Lines;
        Assert.Equal(["Untagged: localhost/busybox:latest", "Untagged: localhost/busybox:other"], lines.Where(static line => line.StartsWith("Untagged: ", StringComparison.Ordinal) && !line.Contains('@', StringComparison.Ordinal)));
        Assert.StartsWith($"Deleted: sha256:{image}", lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Rmi_Force_UntagsAndTheContainerStartsStill(bool byId)
    {
        Create("kept");
        string id = ImageId();

        string[] removed = FastRun("rmi", "-f", byId ? id[..12] : Name).Run().Exits(0).Lines;

        Assert.All(removed, static line => Assert.StartsWith("Untagged: ", line, StringComparison.Ordinal));
        Assert.Equal(["<none>"], FastRun("images", "--format", "{{.Tag}}").Run().Lines);
        FastRun("gc").Run().Exits(0);
        AssertStarts("kept");
        FastRun("rm", "kept").Run().Exits(0);
        Assert.Equal([$"Deleted: sha256:{id}"], FastRun("rmi", id).Run().Exits(0).Lines);
    }

    [Fact]
    public void Rmi_AnImageThatNoContainerNeeds_Goes()
    {
        Create("kept");
        string id = ImageId();
        FastRun("create", "--name", "second", Images.Layered, "true").Run().Exits(0);
        string other = FastRun("images", "-q", "--no-trunc").Run().Lines.Single(line => !line.Contains(id, StringComparison.Ordinal));
        FastRun("rm", "second").Run().Exits(0);

        Assert.Equal($"Deleted: {other}", FastRun("rmi", other).Run().Exits(0).Lines[^1]);
        AssertStarts("kept");
    }

    [Fact]
    public void CollectGarbage_WithALimit_EvictsWhatNoContainerNeeds()
    {
        Create("kept");
        FastRun("exec", "--no-workspace", Images.Layered, "--", "true").Run().Exits(0);

        CommandResult collected = FastRun("--storage-limit", "1", "gc").Run().Exits(0);

        Assert.DoesNotContain("busybox", collected.Stdout, StringComparison.Ordinal);
        Assert.Contains("evicted: ", collected.Stdout, StringComparison.Ordinal);
        Assert.Contains("kept: images in use occupy ", collected.Stdout, StringComparison.Ordinal);
        AssertStarts("kept");

        FastRun("rm", "kept").Run().Exits(0);
        Assert.Contains("evicted: " + Name, FastRun("--storage-limit", "1", "gc").Run().Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Equal("", FastRun("images", "-q").Run().Output);
    }

    [Fact]
    public void Load_WithALimit_EvictsNoStoppedContainersImage()
    {
        Create("kept");

        FastRun("--storage-limit", "20m", "exec", "--no-workspace", Images.Layered, "--", "true").Run().Exits(0);
        FastRun("--storage-limit", "1k", "gc").Run().Exits(0);

        AssertStarts("kept");
    }

    [Fact]
    public async Task Create_BesideRemovals_EachContainerStarts()
    {
        const int Containers = 12;
        using CancellationTokenSource done = new();
        List<string> failures = [];
        Task remover = Task.Run(() =>
        {
            IReadOnlyList<string>[] removals =
                [["rmi", Name], ["--storage-limit", "1", "gc"], ["rmi", "-f", Name], ["gc"]];
            for (int i = 0; !done.IsCancellationRequested; i++)
            {
                FastRun(removals[i % removals.Length]).Run();
                string id = FastRun("images", "-q", "--no-trunc").Run().Output;
                if (id.Length > 0)
                {
                    FastRun("rmi", id.Split('\n')[0]).Run();
                }
            }
        });

        for (int i = 0; i < Containers; i++)
        {
            // Every other one is removed at once, so that the image is free again and again.
            CommandResult created = FastRun("create", "--name", $"c{i}", Images.Busybox, "echo", "ok").Run();
            if (created.ExitCode != 0 || (i % 2 == 1 && FastRun("rm", $"c{i - 1}", $"c{i}").Run().ExitCode != 0))
            {
                failures.Add($"{i}: {created.Stderr}");
            }
            else if (i % 2 == 0)
            {
                CommandResult started = FastRun("start", "-a", $"c{i}").Run();
                if (started.Output != "ok")
                {
                    failures.Add($"start {i}: {started.Stderr}");
                }
            }
        }

        await done.CancelAsync();
        await remover;
        Assert.Empty(failures);
    }

    private string Create(string name) =>
        FastRun("create", "--name", name, Images.Busybox, "echo", "ok").Run().Exits(0).Output;

    /// <summary>The digits of the one image that is there, or that was there last.</summary>
    private string ImageId() => _imageId ??= FastRun("images", "-q", "--no-trunc").Run().Output["sha256:".Length..];

    private void AssertStarts(string name) => Assert.Equal("ok", FastRun("start", "-a", name).Run().Exits(0).Output);
}
