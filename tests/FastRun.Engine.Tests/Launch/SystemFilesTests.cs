using System;
using System.Text;
using FastRun.Engine.Launch;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Launch;

public sealed class SystemFilesTests
{
    private const string DockerLines =
        "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n"
        + "ff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";

    public SystemFilesTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: mounts");

    [Fact]
    public void Create_ExtraHosts_StandBetweenDockersLinesAndTheContainer()
    {
        using SystemFiles files = SystemFiles.Create(
            "box", [], ["db:10.0.0.5", "six=[2001:db8::1]", "seven:2001:db8::2"], "nameserver 10.0.0.1\n");

        Assert.Equal(
            DockerLines + "10.0.0.5\tdb\n2001:db8::1\tsix\n2001:db8::2\tseven\n127.0.1.1\tbox\n", Text(files, "hosts"));
    }

    [Fact]
    public void Create_WritesHostNameAndResolver()
    {
        using SystemFiles files = SystemFiles.Create("box", [], [], "nameserver 10.0.0.1\n");

        Assert.Equal("box\n", Text(files, "hostname"));
        Assert.Equal("nameserver 10.0.0.1\n", Text(files, "resolv.conf"));
        Assert.Equal(DockerLines + "127.0.1.1\tbox\n", Text(files, "hosts"));
    }

    [Fact]
    public void Create_InNetworks_TheHostNameIsItsAddresses()
    {
        using SystemFiles files = SystemFiles.Create("box", ["10.9.0.2", "fd00:9::2"], ["db:10.0.0.5"], "");

        Assert.Equal(DockerLines + "10.0.0.5\tdb\n10.9.0.2\tbox\nfd00:9::2\tbox\n", Text(files, "hosts"));
    }

    [Fact]
    public void Create_EveryName_IsAFileAndTheEmptyDirectoryIsThere()
    {
        using SystemFiles files = SystemFiles.Create("box", [], [], "");

        Assert.All(SystemFiles.Names, name => Assert.Equal(FileType.Regular, FileAt.Stat(files.Mount, name).Type));
        FileStatus empty = FileAt.Stat(files.Mount, SystemFiles.EmptyDirectory);
        Assert.True(empty.IsDirectory);
        Assert.Equal(0, empty.Permissions & 0b_010_010_010);
        Assert.Equal(SystemFiles.Names.Length, SystemFiles.Targets.Length);
    }

    private static string Text(SystemFiles files, string name) =>
        Encoding.UTF8.GetString(FileContent.TryReadAll(files.Mount, name, 4096)!);
}
