using System;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary><c>fastrun system check</c>, from outside.</summary>
public sealed class SystemCheckTests(TestImages images) : SandboxTest(images)
{
    [Fact]
    public void Check_SoundStore_SaysSo()
    {
        _ = Exec([], "true").Exits(0);
        Assert.Equal("images: 1, layers: 1, damaged: 0", FastRun("system", "check").Run().Output);
    }

    [Fact]
    public void Check_DamagedLayer_NamesTheImageAndExitsWithOneUntilItIsRepaired()
    {
        _ = Exec([], "true").Exits(0);
        string layer = Directory.GetDirectories(Path.Combine(Roots.Data, "layers")).Single(path => !path.EndsWith("_diffs", System.StringComparison.Ordinal));
        using (FileStream file = File.OpenWrite(Path.Combine(layer, "fs/etc/passwd")))
        {
            file.WriteByte((byte)'R');
        }

        CommandResult check = FastRun("system", "check").Run().Exits(1);
        Assert.StartsWith("damaged: localhost/busybox:latest: layer sha256:", check.Stdout);
        Assert.EndsWith(": its files were changed\nimages: 1, layers: 1, damaged: 1\n", check.Stdout);

        Assert.StartsWith("removed: localhost/busybox:latest: ", FastRun("system", "check", "--repair").Run().Output);
        Assert.Equal("images: 0, layers: 0, damaged: 0", FastRun("system", "check").Run().Output);
        Assert.Equal("root:x:0", Exec([], "head", "-c", "8", "/etc/passwd").Output);
    }

    [Fact]
    public void System_WithoutAVerb_ShowsItsCommands() =>
        Assert.StartsWith("Usage:  fastrun system COMMAND\n", FastRun("system").Run().Exits(0).Stdout, StringComparison.Ordinal);

    [Fact]
    public void System_CheckWithAnOperand_IsAUsageErrorOfThatCommand() =>
        Assert.StartsWith("fastrun system check: accepts no arguments\n", FastRun("system", "check", "x").Run().Exits(125).Stderr);

    [Fact]
    public void Help_OfACommandOfTwoWords_IsItsOwn()
    {
        string help = FastRun("help", "system", "check").Run().Output;
        Assert.StartsWith("Usage:  fastrun system check [OPTIONS]", help);
        Assert.Equal(help, FastRun("system", "check", "--help").Run().Output);
    }
}
