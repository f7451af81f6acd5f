using System.IO;
using System.Text;
using FastRun.Native.Filesystem;

namespace FastRun.Native.Tests.Filesystem;

public sealed class FileAtTests
{
    [Fact]
    public void Open_AbsoluteSymlinkInRoot_StaysInTheRoot()
    {
        using TemporaryDirectory root = new();
        FileAt.MakeDirectory(root.Fd, "etc", 0x1ED);
        File.WriteAllText(Path.Combine(root.Path, "etc/passwd"), "inside");
        FileAt.MakeSymbolicLink("/etc/passwd", root.Fd, "absolute");
        FileAt.MakeSymbolicLink("../../../../etc/passwd", root.Fd, "upwards");

        foreach (string name in new[] { "absolute", "upwards" })
        {
            using Fd file = FileAt.Open(root.Fd, name, OpenFlags.Read, 0, ResolveFlags.InRoot);
            Assert.Equal("inside", Encoding.UTF8.GetString(FileContent.ReadAll(file, 100)));
        }
    }

    [Theory]
    [InlineData("link", ResolveFlags.NoSymbolicLinks, Errno.ELOOP)]
    [InlineData("../x", ResolveFlags.Beneath, Errno.EXDEV)]
    [InlineData("/etc/passwd", ResolveFlags.Beneath, Errno.EXDEV)]
    [InlineData("missing", ResolveFlags.None, Errno.ENOENT)]
    public void TryOpen_ForbiddenWalk_GivesTheErrno(string path, ResolveFlags resolve, Errno expected)
    {
        using TemporaryDirectory root = new();
        FileAt.MakeSymbolicLink("target", root.Fd, "link");

        Assert.Null(FileAt.TryOpen(root.Fd, path, OpenFlags.Read, 0, resolve, out Errno errno));
        Assert.Equal(expected, errno);
    }

    [Fact]
    public void Open_Missing_NamesTheCallAndThePath()
    {
        SyscallException thrown = Assert.Throws<SyscallException>(
            () => FileAt.Open(null, "/nowhere/at/all", OpenFlags.Read));
        Assert.Equal("openat2 /nowhere/at/all: no such file or directory", thrown.Message);
    }

    [Fact]
    public void Path_BytesThatAreNotUtf8_AreKept()
    {
        using TemporaryDirectory root = new();
        byte[] name = [0xFF, 0xFE, (byte)'x'];
        FileAt.MakeDirectory(root.Fd, name, 0x1C0);

        Assert.Equal(name, Assert.Single(DirectoryContent.Read(root.Fd)).Name);
        FileAt.RemoveDirectory(root.Fd, name);
    }

    [Fact]
    public void Path_WithNul_IsRefused() =>
        Assert.Throws<System.ArgumentException>(() => FileAt.TryUnlink(null, "/tmp/a\0b"));

    [Fact]
    public void Stat_AfterChanges_TellsThem()
    {
        using TemporaryDirectory root = new();
        File.WriteAllText(Path.Combine(root.Path, "file"), "12345");
        FileAt.ChangeMode(root.Fd, "file", 0x124);
        FileTime time = new(-5, 123456789);
        FileAt.SetTimes(root.Fd, "file", time, time);
        FileAt.Link(root.Fd, "file", root.Fd, "other");

        FileStatus status = FileAt.Stat(root.Fd, "file");
        Assert.Equal(FileType.Regular, status.Type);
        Assert.Equal(0x124, status.Permissions);
        Assert.Equal(5, status.Size);
        Assert.Equal(2u, status.LinkCount);
        Assert.Equal(time, status.Modified);
        Assert.True(status.IsSameFile(FileAt.Stat(root.Fd, "other")));
    }

    [Fact]
    public void Stat_DeviceNode_TellsItsNumber()
    {
        FileStatus status = FileAt.Stat(null, "/dev/null");
        Assert.Equal(FileType.CharacterDevice, status.Type);
        Assert.Equal(new DeviceNumber(1, 3), status.Node);
    }

    [Fact]
    public void MakeSymbolicLink_ThenReadLink_GivesTheTarget()
    {
        using TemporaryDirectory root = new();
        FileAt.MakeSymbolicLink("some/where", root.Fd, "link");
        Assert.Equal("some/where"u8.ToArray(), FileAt.ReadLink(root.Fd, "link"));
        Assert.Equal(FileType.SymbolicLink, FileAt.Stat(root.Fd, "link").Type);
    }

    [Fact]
    public void Rename_NoReplace_KeepsWhatIsThere()
    {
        using TemporaryDirectory root = new();
        FileAt.MakeDirectory(root.Fd, "a", 0x1C0);
        FileAt.MakeDirectory(root.Fd, "b", 0x1C0);
        Assert.Equal(Errno.EEXIST, FileAt.TryRename(root.Fd, "a", root.Fd, "b", RenameFlags.NoReplace));
        FileAt.Rename(root.Fd, "a", root.Fd, "b");
    }

    [Fact]
    public void MakeDirectories_MissingParents_AreMade()
    {
        using TemporaryDirectory root = new();
        FileAt.MakeDirectories(root.Fd, "a/b/c", 0x1C0);
        FileAt.MakeDirectories(root.Fd, "a/b/c", 0x1C0);
        Assert.True(Directory.Exists(Path.Combine(root.Path, "a/b/c")));
    }

    [Fact]
    public void ExtendedAttributes_OfALink_AreItsOwn()
    {
        using TemporaryDirectory root = new();
        FileAt.MakeDirectory(root.Fd, "dir", 0x1C0);
        FileAt.MakeSymbolicLink("dir", root.Fd, "link");
        if (ExtendedAttributes.TrySet(root.Fd, "dir"u8, "user.fastrun", "value"u8) == Errno.EOPNOTSUPP)
        {
            Assert.Skip("the temporary directory's file system has no user attributes");
        }

        Assert.Equal("value"u8.ToArray(), ExtendedAttributes.Get(root.Fd, "dir"u8, "user.fastrun"));
        Assert.Equal(["user.fastrun"], ExtendedAttributes.List(root.Fd, "dir"u8));
        Assert.Empty(ExtendedAttributes.List(root.Fd, "link"u8));
        Assert.Null(ExtendedAttributes.Get(root.Fd, "link"u8, "user.fastrun"));
        ExtendedAttributes.Remove(root.Fd, "dir"u8, "user.fastrun");
        Assert.Empty(ExtendedAttributes.List(root.Fd, "dir"u8));
    }
}
