using System.IO;
using System.Text;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Containers;

/// <summary>Containers and archives that want <c>cp</c> to read or write what is the host's.</summary>
public sealed class CopyAttackTests : ContainerTest
{
    private readonly string _canary;
    private readonly string _work;

    public CopyAttackTests(TestImages images)
        : base(images)
    {
        _canary = Roots.NewDirectory("canary");
        _work = Roots.NewDirectory("work");
        File.WriteAllText(Path.Combine(_canary, "secret"), "of the host");
    }

    [Fact]
    public void Links_OfTheContainer_LeadToItsOwnFiles()
    {
        _ = Detached(["--name", "box"], "sh", "-c", $"mkdir /d; ln -s {_canary} /d/absolute; ln -s ../../../../../..{_canary} /d/relative; ln -s /proc/1/root{_canary} /d/magic; ln -s /proc/self/fd/0 /d/fd; echo up > /up; exec sleep 100000");
        WaitFor("/up");
        foreach (string link in (string[])["absolute", "relative", "magic"])
        {
            _ = Copy($"box:/d/{link}/secret", _work).Exits(1);
            _ = FastRun("cp", "-L", $"box:/d/{link}", _work + "/x").Run().Exits(1);
            File.WriteAllText(Path.Combine(_work, "evil"), "evil");
            _ = Copy(Path.Combine(_work, "evil"), $"box:/d/{link}/evil").Exits(1);
            _ = Copy(Path.Combine(_work, "evil"), $"box:/d/{link}/secret").Exits(1);
        }

        _ = FastRun("cp", "-L", "box:/d/fd", _work + "/x").Run().Exits(1);
        _ = Copy("box:/d", Path.Combine(_work, "d")).Exits(0);
        Assert.Equal(_canary, new FileInfo(Path.Combine(_work, "d", "absolute")).LinkTarget);
        Unharmed();
    }

    [Fact]
    public void Cve_2018_15664_SwappedLinks_LeadNowhereElse()
    {
        // The container has a directory of the canary's own name, so that a copy that comes through is seen there.
        _ = Detached(
            ["--name", "box"],
            "sh",
            "-c",
            $"mkdir -p {_canary} /swap/real; echo mine > {_canary}/secret; echo mine > /swap/real/secret; ln -s {_canary} /swap/link; cp -a /swap/real /swap/x; echo up > /up; "
            + "while :; do mv /swap/x /swap/y; ln -s " + _canary + " /swap/x; rm /swap/x; mv /swap/y /swap/x; done");
        WaitFor("/up");
        File.WriteAllText(Path.Combine(_work, "evil"), "evil");
        Directory.CreateDirectory(Path.Combine(_work, "evils"));
        File.WriteAllText(Path.Combine(_work, "evils", "evil"), "evil");
        byte[] tar = new LayerTar().File("evil", "evil").ToArray();
        File.WriteAllBytes(Path.Combine(_work, "evil.tar"), tar);
        for (int i = 0; i < 40; i++)
        {
            string got = Path.Combine(_work, "got");
            File.Delete(got);
            if (Copy("box:/swap/x/secret", got).ExitCode == 0)
            {
                Assert.Equal("mine\n", File.ReadAllText(got));
            }

            Copy(Path.Combine(_work, "evil"), "box:/swap/x/evil");
            Copy(Path.Combine(_work, "evils") + "/.", "box:/swap/x");
            Command.Run("sh", "-c", $"{Repository.Binary} {string.Join(' ', Roots.Options)} cp - box:/swap/x < {_work}/evil.tar");
            Copy("box:/swap", Path.Combine(_work, "all" + i));
            Unharmed();
        }
    }

    [Theory]
    [InlineData("dotdot", "is outside of the directory")]
    [InlineData("hardlink-out", "is outside of the directory")]
    [InlineData("hardlink-missing", "there is no")]
    [InlineData("checksum", "checksum")]
    [InlineData("truncated", "ends")]
    [InlineData("garbage", "")]
    [InlineData("device-on-volume", "is a device, which is not made there")]
    [InlineData("directory-over-file", "cannot overwrite non-directory")]
    public void HostileTar_IsRefused(string kind, string words)
    {
        _ = FastRun("create", "--name", "box", "-v", "volume:/volume", Images.Busybox, "true").Run().Exits(0);
        byte[] tar = kind switch
        {
            "dotdot" => new LayerTar().File("a/../../evil", "x").ToArray(),
            "hardlink-out" => new LayerTar().HardLink("evil", "../etc/passwd").ToArray(),
            "hardlink-missing" => new LayerTar().HardLink("evil", "nothing").ToArray(),
            "checksum" => Damaged(new LayerTar().File("evil", "x").ToArray()),
            "truncated" => new LayerTar().File("evil", new string('x', 5000)).ToArray()[..2000],
            "garbage" => Encoding.ASCII.GetBytes(new string('g', 4000)),
            "device-on-volume" => new LayerTar().CharacterDevice("evil", 1, 3).ToArray(),
            _ => new LayerTar().File("evil", "x").Directory("evil").ToArray(),
        };
        string destination = kind == "device-on-volume" ? "box:/volume" : "box:/tmp";
        File.WriteAllBytes(Path.Combine(_work, "hostile.tar"), tar);
        CommandResult result = new Command("sh", "-c", $"{Repository.Binary} {string.Join(' ', Roots.Options)} cp - {destination} < {_work}/hostile.tar").Run();
        _ = result.FailsWith(1, words);
        Unharmed();
    }

    [Fact]
    public void TarThroughItsOwnLink_StaysInTheContainer()
    {
        _ = FastRun("create", "--name", "box", Images.Busybox, "true").Run().Exits(0);
        byte[] tar = new LayerTar().SymbolicLink("out", _canary).File("out/secret", "evil").SymbolicLink("up", "../../../../.." + _canary).File("up/secret", "evil").ToArray();
        File.WriteAllBytes(Path.Combine(_work, "hostile.tar"), tar);
        Command.Run("sh", "-c", $"{Repository.Binary} {string.Join(' ', Roots.Options)} cp - box:/tmp < {_work}/hostile.tar");
        Unharmed();
        _ = Copy($"box:{_canary}/secret", Path.Combine(_work, "inside"));
        Unharmed();
    }

    [Fact]
    public void Devices_OfAContainer_AreNotMadeOnTheHost()
    {
        _ = Run(["--name", "box"], "sh", "-c", "mkdir /d; mknod /d/disk b 8 0; cp /bin/busybox /d/su; chmod 4755 /d/su").Exits(0);
        _ = Copy("box:/d", Path.Combine(_work, "d")).FailsWith(1, "is a device");
        _ = Copy("box:/d/su", Path.Combine(_work, "su")).Exits(0);
        Assert.Equal("755", Command.Output("stat", "-c", "%a", Path.Combine(_work, "su")));
        _ = FastRun("cp", "-a", "box:/d", Path.Combine(_work, "whole")).Run().Exits(0);
        Assert.Equal("block special file", Command.Output("stat", "-c", "%F", Path.Combine(_work, "whole", "disk")));
    }

    private static byte[] Damaged(byte[] tar)
    {
        tar[0] ^= 1;
        return tar;
    }

    private void WaitFor(string path) =>
        Assert.True(Processes.Eventually(() => Copy("box:" + path, "-").ExitCode == 0));

    private CommandResult Copy(string source, string destination) => FastRun("cp", source, destination).Run();

    private void Unharmed()
    {
        Assert.Equal("of the host", File.ReadAllText(Path.Combine(_canary, "secret")));
        Assert.Equal([Path.Combine(_canary, "secret")], Directory.EnumerateFileSystemEntries(_canary));
    }
}
