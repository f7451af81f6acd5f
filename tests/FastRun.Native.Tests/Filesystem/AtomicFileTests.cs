using System.IO;
using FastRun.Native.Filesystem;

namespace FastRun.Native.Tests.Filesystem;

public sealed class AtomicFileTests
{
    [Fact]
    public void Write_ExistingFile_IsReplacedWhole()
    {
        using TemporaryDirectory root = new();
        string path = Path.Combine(root.Path, "record");
        AtomicFile.Write(path, "first, longer"u8);
        AtomicFile.WriteVolatile(path, "second"u8, 0x1A4);

        Assert.Equal("second", File.ReadAllText(path));
        Assert.Equal(0x1A4, FileAt.Stat(root.Fd, "record").Permissions);
        Assert.Single(DirectoryContent.Read(root.Fd));
    }

    [Fact]
    public void Write_InParts_IsWholeOrNotThere()
    {
        using TemporaryDirectory root = new();
        string path = Path.Combine(root.Path, "report");
        AtomicFile.WriteVolatile(
            path,
            file =>
            {
                FileContent.Write(file, "one "u8);
                FileContent.Write(file, "two"u8);
            },
            0x1A4);
        Assert.Equal("one two", File.ReadAllText(path));

        Assert.Throws<SyscallException>(() => AtomicFile.WriteVolatile(path, static file =>
        {
            FileContent.Write(file, "half"u8);
            throw new SyscallException("write", Errno.ENOSPC);
        }, 0x1A4));
        Assert.Equal("one two", File.ReadAllText(path));
        Assert.Single(DirectoryContent.Read(root.Fd));
    }

    [Fact]
    [Trait("Category", "Root")]
    public void Write_Owner_GetsTheFile()
    {
        if (System.Environment.UserName != "root")
        {
            Assert.Skip("giving a file away needs root");
        }

        using TemporaryDirectory root = new();
        AtomicFile.Write(Path.Combine(root.Path, "record"), "x"u8, 0x1A0, 1234, 4321);

        FileStatus status = FileAt.Stat(root.Fd, "record");
        Assert.Equal((1234u, 4321u, 0x1A0), (status.Uid, status.Gid, status.Permissions));
    }

    [Fact]
    public void Write_TargetIsDirectory_LeavesNoTemporary()
    {
        using TemporaryDirectory root = new();
        FileAt.MakeDirectory(root.Fd, "record", 0x1C0);

        SyscallException thrown = Assert.Throws<SyscallException>(
            () => AtomicFile.Write(Path.Combine(root.Path, "record"), "x"u8));

        Assert.Equal(Errno.EISDIR, thrown.Errno);
        Assert.Single(DirectoryContent.Read(root.Fd));
    }

    [Fact]
    public void ReadAll_BeyondTheLimit_GivesEfbig()
    {
        using TemporaryDirectory root = new();
        File.WriteAllBytes(Path.Combine(root.Path, "file"), new byte[10_000]);

        Assert.Equal(10_000, FileContent.TryReadAll(root.Fd, "file", 10_000)!.Length);
        SyscallException thrown = Assert.Throws<SyscallException>(
            () => FileContent.TryReadAll(root.Fd, "file", 9_999));
        Assert.Equal(Errno.EFBIG, thrown.Errno);
        Assert.Null(FileContent.TryReadAll(root.Fd, "missing", 1));
    }
}
