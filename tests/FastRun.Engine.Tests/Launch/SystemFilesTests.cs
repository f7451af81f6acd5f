using System;
using System.Text;
using FastRun.Engine.Launch;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Launch;

public sealed class SystemFilesTests
{
    public SystemFilesTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: mounts");

    [Fact]
    public void Create_WritesHostNameAndResolver()
    {
        using SystemFiles files = SystemFiles.Create("box", "127.0.0.1\tlocalhost\n", "nameserver 10.0.0.1\n");

        Assert.Equal("box\n", Text(files, "hostname"));
        Assert.Equal("nameserver 10.0.0.1\n", Text(files, "resolv.conf"));
        Assert.Equal("127.0.0.1\tlocalhost\n", Text(files, "hosts"));
    }

    [Fact]
    public void Write_ReplacesWhatIsThere()
    {
        using SystemFiles files = SystemFiles.Create("box", "127.0.0.1\tlocalhost\n", "");

        files.Write("hosts", "short\n");

        Assert.Equal("short\n", files.Read("hosts"));
        Assert.Equal("short\n", Text(files, "hosts"));
    }

    [Fact]
    public void Create_EveryName_IsAFileAndTheEmptyDirectoryIsThere()
    {
        using SystemFiles files = SystemFiles.Create("box", "", "");

        Assert.All(SystemFiles.Names, name => Assert.Equal(FileType.Regular, FileAt.Stat(files.Mount, name).Type));
        FileStatus empty = FileAt.Stat(files.Mount, SystemFiles.EmptyDirectory);
        Assert.True(empty.IsDirectory);
        Assert.Equal(0, empty.Permissions & 0b_010_010_010);
        Assert.Equal(SystemFiles.Names.Length, SystemFiles.Targets.Length);
    }

    private static string Text(SystemFiles files, string name) =>
        Encoding.UTF8.GetString(FileContent.TryReadAll(files.Mount, name, 4096)!);
}
