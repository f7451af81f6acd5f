using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary><c>system df</c>, and a store with a limit.</summary>
public sealed class DiskUsageTests(TestImages images) : SandboxTest(images)
{
    [Fact]
    public void SystemDf_NothingYet_HasDockersRows()
    {
        string[] lines = FastRun("system", "df").Run().Lines;

        Assert.Equal(
            [
                "TYPE            TOTAL     ACTIVE    SIZE      RECLAIMABLE",
                "Images          0         0         0B        0B",
                "Containers      0         0         0B        0B",
                "Local Volumes   0         0         0B        0B",
                "Build Cache     0         0         0B        0B",
            ],
            lines);
    }

    [Fact]
    public void SystemDf_RunningSandbox_IsActiveAndItsBytesAreCounted()
    {
        using Process sandbox = ExecCommand(
            ["-i", "-v", "kept:/kept"], "sh", "-c", "head -c 5000 /dev/zero >/file; head -c 3000 /dev/zero >/kept/file; echo up; read x").Start();
        Assert.Equal("up", sandbox.StandardOutput.ReadLine());

        Assert.Equal("1 1|1 1 5kB|1 1 3kB|0 0 0B", Totals("{{.TotalCount}} {{.Active}}", "{{.TotalCount}} {{.Active}} {{.Size}}"));
        string each = FastRun("system", "df", "-v").Run().Output;
        Assert.Contains("Images space usage:", each, StringComparison.Ordinal);
        Assert.Contains("kept", each, StringComparison.Ordinal);
        Assert.Contains("running", each, StringComparison.Ordinal);

        sandbox.StandardInput.WriteLine();
        sandbox.WaitForExit();
        Assert.Equal(0, sandbox.ExitCode);
        Assert.Equal("1 0|0 0 0B|1 0 3kB|0 0 0B", Totals("{{.TotalCount}} {{.Active}}", "{{.TotalCount}} {{.Active}} {{.Size}}"));
        Assert.Equal("100%", FastRun("system", "df", "--format", "{{.Reclaimable}}").Run().Lines[0].Split('(', ')')[1]);
    }

    [Fact]
    public void SystemDf_ImageOfAStoppedContainer_IsActiveAndNotReclaimable()
    {
        FastRun("create", "--name", "kept", Images.Busybox, "true").Run().Exits(0);

        Assert.Equal("1 1 0B (0%)", FastRun("system", "df", "--format", "{{.TotalCount}} {{.Active}} {{.Reclaimable}}").Run().Lines[0]);

        FastRun("rm", "kept").Run().Exits(0);
        Assert.EndsWith("(100%)", FastRun("system", "df", "--format", "{{.Reclaimable}}").Run().Lines[0], StringComparison.Ordinal);
    }

    [Fact]
    public void Gc_StorageLimitOfTheConfiguration_EvictsUnlessAFlagSaysOtherwise()
    {
        Exec([], "true").Exits(0);
        string directory = Directory.CreateDirectory(Path.Combine(Roots.Top, "config", "fastrun")).FullName;
        File.WriteAllText(Path.Combine(directory, "config.json"), """{"storageLimit":"1k"}""");
        Command Configured(params string[] arguments) =>
            FastRun(arguments) with { Environment = new Dictionary<string, string?> { ["XDG_CONFIG_HOME"] = Path.GetDirectoryName(directory) } };

        Assert.DoesNotContain("evicted", Configured("gc", "--storage-limit", "1g").Run().Exits(0).Stdout, StringComparison.Ordinal);
        Assert.Contains("evicted: ", Configured("gc").Run().Exits(0).Stdout, StringComparison.Ordinal);

        File.WriteAllText(Path.Combine(directory, "config.json"), """{"storageLimit":"much"}""");
        Configured("gc").Run().FailsWith(1, "config.json: \"storageLimit\": invalid size: 'much'");
    }

    [Fact]
    public void SystemDf_VerboseWithFormat_IsUsage() =>
        FastRun("system", "df", "-v", "--format", "json").Run().Exits(125);

    [Fact]
    public void Gc_StorageLimit_EvictsWhatNothingUses()
    {
        Exec([], "true").Exits(0);
        FastRun("exec", "--no-workspace", Images.Probe, "--", "/probe", "getpid").Run();
        Assert.Equal("2", FastRun("system", "df", "--format", "{{.TotalCount}}").Run().Lines[0]);

        using Process sandbox = ExecCommand(["-i"], "sh", "-c", "echo up; read x").Start();
        Assert.Equal("up", sandbox.StandardOutput.ReadLine());
        CommandResult result = FastRun("gc", "--storage-limit", "1").Run().Exits(0);

        Assert.Single(result.Lines, line => line.StartsWith("evicted: ", StringComparison.Ordinal));
        Assert.Single(result.Lines, line => line.StartsWith("kept: ", StringComparison.Ordinal));
        Assert.Equal("1 1", FastRun("system", "df", "--format", "{{.TotalCount}} {{.Active}}").Run().Lines[0]);
        sandbox.StandardInput.WriteLine();
        sandbox.WaitForExit();
        Assert.Equal(0, sandbox.ExitCode);

        FastRun("gc", "--storage-limit", "1").Run().Exits(0);
        Assert.Equal("0 0", FastRun("system", "df", "--format", "{{.TotalCount}} {{.Active}}").Run().Lines[0]);
        Assert.Equal(["_diffs"], Layers());
    }

    [Fact]
    public void Exec_ImageBeyondTheStorageLimit_IsRefusedBeforeItIsUnpacked()
    {
        FastRun("--storage-limit", "10k", "exec", "--no-workspace", Images.Busybox, "--", "true").Run()
            .FailsWith(125, "storage limit");

        Assert.False(Directory.Exists(Path.Combine(Roots.Data, "layers")));
    }

    [Theory]
    [InlineData(0)]
    [InlineData(5)]
    [InlineData(10)]
    [InlineData(20)]
    public void Gc_KilledWhileItEvicts_TheNextOneEndsIt(int milliseconds)
    {
        Exec([], "true").Exits(0);
        using (Process gc = FastRun("gc", "--storage-limit", "1").Start())
        {
            // Wherever it is by then, nothing may break.
            if (!gc.WaitForExit(milliseconds))
            {
                gc.Kill();
                gc.WaitForExit();
            }
        }

        Exec([], "true").Exits(0);
        FastRun("gc", "--storage-limit", "1").Run().Exits(0);
        Assert.Equal("0 0B", FastRun("system", "df", "--format", "{{.TotalCount}} {{.Size}}").Run().Lines[0]);
        Assert.Equal(["_diffs"], Layers());
    }

    private string[] Layers() =>
        [.. Directory.EnumerateDirectories(Path.Combine(Roots.Data, "layers")).Select(path => Path.GetFileName(path))];

    private string Totals(string first, string others)
    {
        string[] images = FastRun("system", "df", "--format", first).Run().Lines;
        string[] rest = FastRun("system", "df", "--format", others).Run().Lines;
        return string.Join('|', [images[0], .. rest.Skip(1)]);
    }
}
