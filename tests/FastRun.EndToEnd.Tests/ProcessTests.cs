using System;
using System.Collections.Generic;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests;

/// <summary>What the command sees of itself: environment, directory, identity, words.</summary>
public sealed class ProcessTests(TestImages images) : SandboxTest(images)
{
    [Fact]
    public void Env_LaterWins_AndTheImagesIsKept()
    {
        CommandResult result = FastRun(
            "exec", "--no-workspace", "--entrypoint", "", "-e", "A=1", "--env", "A=2", "--env=SHADOWED=flag", Images.Configured, "--",
            "sh", "-c", "echo $A $FROM_IMAGE $SHADOWED $HOME").Run();
        Assert.Equal("2 1 flag /home/build", result.Output);
    }

    [Fact]
    public void Env_NameOnly_TakesTheCallersValue_AndNothingWhenUnset()
    {
        Command command = ExecCommand(["-e", "CALLER_A", "-e", "CALLER_B"], "env") with
        {
            Environment = new Dictionary<string, string?> { ["CALLER_A"] = "from caller", ["CALLER_B"] = null },
        };
        string[] lines = command.Run().Lines;
        Assert.Contains("CALLER_A=from caller", lines);
        Assert.DoesNotContain(lines, line => line.StartsWith("CALLER_B", StringComparison.Ordinal));
    }

    [Fact]
    public void Env_Default_HasDockersPathAndNothingOfTheCaller()
    {
        Command command = ExecCommand([], "env") with
        {
            Environment = new Dictionary<string, string?> { ["SECRET_OF_CALLER"] = "x" },
        };
        string[] lines = command.Run().Lines;
        Assert.Contains("PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", lines);
        Assert.Contains("HOME=/root", lines);
        Assert.Contains(lines, line => line.StartsWith("HOSTNAME=", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.StartsWith("SECRET_OF_CALLER", StringComparison.Ordinal));
    }

    [Fact]
    public void EnvFile_CommentsBlankLinesAndCallersNames_AreRead()
    {
        string file = Roots.NewFile("vars", "# comment\n\nFILE_A=has spaces = and equals\nFROM_CALLER\n");
        Command command = ExecCommand(["--env-file", file, "-e", "EXTRA=1"], "env") with
        {
            Environment = new Dictionary<string, string?> { ["FROM_CALLER"] = "yes" },
        };
        string[] lines = command.Run().Lines;
        Assert.Contains("FILE_A=has spaces = and equals", lines);
        Assert.Contains("FROM_CALLER=yes", lines);
        Assert.Contains("EXTRA=1", lines);
    }

    [Fact]
    public void Workdir_Missing_IsMade() => Assert.Equal("/a/b", Exec(["-w", "/a/b"], "pwd").Output);

    [Fact]
    public void Workdir_Image_IsUsed() =>
        Assert.Equal("/srv/app", FastRun("exec", "--no-workspace", "--entrypoint=", Images.Configured, "--", "pwd").Run().Output);

    [Theory]
    [InlineData("0", "uid=0(root) gid=0(root)")]
    [InlineData("build", "uid=1000(build) gid=1000(build) groups=1000(build),6(disk),999(docker)")]
    [InlineData("1000", "uid=1000(build) gid=1000(build) groups=1000(build),6(disk),999(docker)")]
    [InlineData("build:disk", "uid=1000(build) gid=6(disk)")]
    [InlineData("1234", "uid=1234 gid=0(root)")]
    [InlineData("1234:5678", "uid=1234 gid=5678")]
    [InlineData("nobody:999", "uid=65534(nobody) gid=999(docker)")]
    public void User_NameOrNumber_GivesIdentityAndSupplementaryGroups(string user, string expected)
    {
        string identity = Exec(["-u", user], "id").Output;

        // busybox prints the primary group among the others when it is set as a supplementary one: the set is what counts.
        Assert.Equal(Ids(expected), Ids(identity));
    }

    [Fact]
    public void User_OfTheImage_IsUsedWithItsHome() =>
        Assert.Equal(
            "1000 /home/build",
            FastRun("exec", "--no-workspace", "--entrypoint", "", Images.Configured, "--", "sh", "-c", "echo $(id -u) $HOME").Run().Output);

    [Fact]
    public void User_NotRoot_HasNoCapabilities()
    {
        string[] status = Exec(["-u", "build"], "grep", "^Cap", "/proc/self/status").Lines;
        Assert.Contains("CapPrm:\t0000000000000000", status);
        Assert.Contains("CapEff:\t0000000000000000", status);
        Assert.Contains("CapBnd:\t00000000a80425fb", status);
        Assert.Contains("CapAmb:\t0000000000000000", status);
    }

    [Theory]
    [InlineData("missing", "missing")]
    [InlineData("root:missing", "missing")]
    [InlineData("2147483648", "2147483648")]
    [InlineData("4294967296", "4294967296")]
    [InlineData("-1", "-1")]
    [InlineData("0:4294967296", "4294967296")]
    [InlineData("0x0", "0x0")]
    public void User_UnknownOrOutOfRange_IsRefused(string user, string word) =>
        Exec(["--user=" + user], "id").FailsWith(125, word);

    [Fact]
    public void Entrypoint_OfTheImage_GetsTheCommand_AndTheDefaultCommandWithoutOne()
    {
        Assert.Equal("entry echo words\nwords", FastRun("exec", "--no-workspace", Images.Configured, "--", "echo", "words").Run().Output);
        Assert.Equal("entry echo default\ndefault", FastRun("exec", "--no-workspace", Images.Configured, "--").Run().Output);
    }

    [Fact]
    public void Entrypoint_Flag_ReplacesItAndDropsTheImagesCommand()
    {
        Assert.Equal("x y", FastRun("exec", "--no-workspace", "--entrypoint", "echo", Images.Configured, "--", "x", "y").Run().Output);
        Assert.Equal("", FastRun("exec", "--no-workspace", "--entrypoint", "echo", Images.Configured, "--").Run().Output);
    }

    [Fact]
    public void Words_OfAnyKind_ArriveUnchanged()
    {
        string[] words = ["", " ", "-e", "--", "a'b\"c", "$HOME", "line\nbreak", "käse", "\u0001"];
        Assert.Equal(string.Join('\n', words), Exec([], ["printf", "%s\\n", .. words]).Output);
    }

    [Fact]
    public void Words_AfterTheDashes_BelongToTheCommand() =>
        Assert.Equal("-e A=1 --memory 3", Exec([], "echo", "-e A=1", "--memory", "3").Output);

    [Fact]
    public void Pid_OfTheCommand_IsOne_AndOnlyItsOwnProcessesAreSeen()
    {
        Assert.Equal("1", Shell("echo $$").Output);
        Assert.Equal("/proc/1", Exec([], "sh", "-c", "echo /proc/[0-9]*").Output);
    }

    [Fact]
    public void Init_Flag_ReapsAndRunsTheCommandAsItsChild()
    {
        string[] lines = Shell("echo $$; (sleep 0.05 &); while set -- /proc/[0-9]*; [ $# -gt 2 ]; do sleep 0.05; done; echo $#", "--init").Lines;
        Assert.NotEqual("1", lines[0]);

        // init and sh, which looks by itself; it would not end if the orphan were not reaped.
        Assert.Equal("2", lines[1]);
    }

    [Fact]
    public void Signals_AtStart_AreNeitherBlockedNorIgnored()
    {
        string[] status = Exec([], "grep", "^Sig\\(Blk\\|Ign\\)", "/proc/self/status").Lines;
        Assert.Equal(["SigBlk:\t0000000000000000", "SigIgn:\t0000000000000000"], status);
    }

    [Fact]
    public void NoNewPrivileges_OnlyWhenAsked()
    {
        Assert.Equal("NoNewPrivs:\t1", Exec(["--security-opt", "no-new-privileges"], "grep", "NoNewPrivs", "/proc/self/status").Output);
        Assert.Equal("NoNewPrivs:\t0", Exec([], "grep", "NoNewPrivs", "/proc/self/status").Output);
    }

    private static SortedSet<string> Ids(string identity)
    {
        SortedSet<string> ids = new(StringComparer.Ordinal);
        foreach (string part in identity.Split(' '))
        {
            string[] pair = part.Split('=');
            foreach (string id in pair[1].Split(','))
            {
                ids.Add((pair[0] == "uid" ? "u" : "g") + id.Split('(')[0]);
            }
        }

        return ids;
    }
}
