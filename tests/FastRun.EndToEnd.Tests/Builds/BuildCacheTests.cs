using System;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Builds;

/// <summary><c>fastrun build</c>: what is found in the cache, and what is done anew.</summary>
public sealed class BuildCacheTests(TestImages images) : BuildTest(images)
{
    private const string Dockerfile =
        """
        FROM busybox
        RUN cat /proc/sys/kernel/random/uuid > /one
        LABEL note=first
        RUN cat /proc/sys/kernel/random/uuid > /two
        """;

    [Fact]
    public void Build_Again_IsTheSameImage()
    {
        _ = Build(Dockerfile, "-t", "first");
        string again = Build(Dockerfile, "-t", "again");
        Assert.Equal(2, Count(again, " CACHED\n"));
        Assert.Equal(IdOf("first"), IdOf("again"));
    }

    [Fact]
    public void Build_ASettingThatChanges_KeepsTheLayers()
    {
        _ = Build(Dockerfile, "-t", "first");
        Assert.Equal(2, Count(Build(Dockerfile.Replace("=first", "=second", StringComparison.Ordinal), "-t", "second"), " CACHED\n"));
        Assert.Equal(Layers("first"), Layers("second"));
        Assert.NotEqual(IdOf("first"), IdOf("second"));
    }

    [Theory]
    [InlineData("RUN cat", "RUN  true; cat", 0)]
    [InlineData("LABEL note=first", "ENV NOTE=first", 1)]
    [InlineData("LABEL note=first", "USER root", 1)]
    [InlineData("LABEL note=first", "WORKDIR /tmp", 1)]
    [InlineData("LABEL note=first", "ARG note=first", 1)]
    public void Build_WhatAStepDependsOn_MakesItAnew(string before, string after, int cached)
    {
        _ = Build(Dockerfile, "-t", "first");
        Assert.Equal(cached, Count(Build(Dockerfile.Replace(before, after, StringComparison.Ordinal), "-t", "second"), " CACHED\n"));
    }

    [Fact]
    public void Build_AFileThatChangedBehindItsSizeAndTime_IsCopiedAnew()
    {
        const string copy = "FROM busybox\nCOPY file other /";
        Write("file", "before");
        Write("other", "other");
        string path = Path.Combine(ContextDirectory, "file");
        DateTime written = File.GetLastWriteTimeUtc(path);

        // So old that its digest is remembered: what is younger than the clock's steps is not.
        Thread.Sleep(TimeSpan.FromSeconds(4));
        _ = Build(copy, "-t", "first");
        Assert.Single(Directory.GetFiles(Path.Combine(Roots.Data, "build-cache/contexts")));
        Assert.Equal(1, Count(Build(copy, "-t", "second"), " CACHED\n"));
        File.WriteAllText(path, "behind");
        File.SetLastWriteTimeUtc(path, written);
        Assert.Equal(0, Count(Build(copy, "-t", "third"), " CACHED\n"));
        Assert.Equal("behind", In("third", "cat /file"));
    }

    [Fact]
    public void Build_WhatIsRememberedOfTheContextIsDamaged_IsAsIfItWereNot()
    {
        const string copy = "FROM busybox\nCOPY file /";
        Write("file", "content");
        Thread.Sleep(TimeSpan.FromSeconds(4));
        _ = Build(copy, "-t", "first");
        string known = Assert.Single(Directory.GetFiles(Path.Combine(Roots.Data, "build-cache/contexts")));
        byte[] before = File.ReadAllBytes(known);
        File.WriteAllBytes(known, new byte[before.Length]);
        Assert.Equal(1, Count(Build(copy, "-t", "second"), " CACHED\n"));
        Assert.Equal(before, File.ReadAllBytes(known));
    }

    [Fact]
    public void Build_NoCache_DoesEveryStep()
    {
        _ = Build(Dockerfile, "-t", "first");
        string one = In("first", "cat /one");
        Assert.Equal(0, Count(Build(Dockerfile, "--no-cache", "-t", "second"), " CACHED\n"));
        Assert.NotEqual(one, In("second", "cat /one"));
        string staged = "FROM busybox AS a\nRUN cat /proc/sys/kernel/random/uuid > /a\nFROM a AS b\nRUN cat /proc/sys/kernel/random/uuid > /b";
        _ = Build(staged);
        Assert.Equal(1, Count(Build(staged, "--no-cache-filter", "b"), " CACHED\n"));
        Assert.Equal(2, Count(Build(staged), " CACHED\n"));
    }

    [Fact]
    public void Build_TheCacheOutlivesItsImages_AndGcKeepsIt()
    {
        _ = Build(Dockerfile, "-t", "first");
        string id = IdOf("first");
        _ = FastRun("rmi", "first").Run().Exits(0);
        _ = FastRun("gc").Run().Exits(0);
        Assert.Equal(2, Count(Build(Dockerfile, "-t", "again"), " CACHED\n"));
        Assert.Equal(id, IdOf("again"));
        _ = FastRun("system", "check").Run().Exits(0);
    }

    [Fact]
    public void SystemPrune_RemovesTheCache_UnlessLabelsAreAskedFor()
    {
        _ = Build(Dockerfile);
        CommandResult asked = (FastRun("system", "prune") with { Stdin = "n\n" }).Run().Exits(0);
        Assert.Contains("  - unused build cache\n", asked.Stdout, StringComparison.Ordinal);
        Assert.DoesNotContain("build cache", FastRun("system", "prune", "-af", "--filter", "label=x").Run().Output, StringComparison.Ordinal);
        Assert.Equal(2, Count(Build(Dockerfile), " CACHED\n"));
        Assert.Contains("Deleted build cache objects:", FastRun("system", "prune", "-af").Run().Output, StringComparison.Ordinal);
        Assert.Equal("0", FastRun("system", "df", "--format", "{{if eq .Type \"Build Cache\"}}{{.TotalCount}}{{end}}").Run().Output.Trim('\n'));
    }

    [Fact]
    public void Build_ALayerThatIsGone_IsMadeAnew()
    {
        _ = Build(Dockerfile, "-t", "first");
        _ = FastRun("rmi", "first").Run().Exits(0);
        foreach (string record in Directory.GetFiles(Path.Combine(Roots.Data, "build-cache", "steps")))
        {
            File.WriteAllText(record, "");
        }

        Assert.Equal(0, Count(Build(Dockerfile, "-t", "again"), " CACHED\n"));
    }

    [Fact]
    public async Task Build_TwoAtOnce_ShareTheWork()
    {
        _ = BuildCommand(Dockerfile);
        Task<CommandResult>[] builds = [.. Enumerable.Range(0, 4).Select(i => Task.Run(() =>
            FastRun("build", "--progress", "plain", "-t", $"made:{i}", ContextDirectory).Run()))];
        foreach (CommandResult result in await Task.WhenAll(builds))
        {
            result.Exits(0);
        }

        Assert.Single(Enumerable.Range(0, 4).Select(i => IdOf($"made:{i}")).Distinct());
    }

    private string[] Layers(string image) => [.. Inspect(image)["RootFS"]!["Layers"]!.AsArray().Select(static layer => layer!.ToString())];

    private static int Count(string text, string part) => text.Split(part).Length - 1;
}
