using System.IO;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Native.Tests.Filesystem;

public sealed class TreeRemovalTests
{
    [Fact]
    public void Delete_Missing_IsNoError()
    {
        using TemporaryDirectory root = new();
        TreeRemoval.Delete(root.Fd, "missing");
    }

    [Fact]
    public void Delete_TreeWithLinks_LeavesTheirTargets()
    {
        using TemporaryDirectory root = new();
        FileAt.MakeDirectories(root.Fd, "keep/inner", 0x1C0);
        File.WriteAllText(Path.Combine(root.Path, "keep/inner/file"), "kept");
        FileAt.MakeDirectories(root.Fd, "tree/a/b", 0x1C0);
        FileAt.MakeSymbolicLink(Path.Combine(root.Path, "keep"), root.Fd, "tree/a/absolute");
        FileAt.MakeSymbolicLink("../../keep", root.Fd, "tree/a/relative");
        File.WriteAllText(Path.Combine(root.Path, "tree/a/b/file"), "gone");

        TreeRemoval.Delete(root.Fd, "tree");

        Assert.False(Directory.Exists(Path.Combine(root.Path, "tree")));
        Assert.Equal("kept", File.ReadAllText(Path.Combine(root.Path, "keep/inner/file")));
    }

    [Fact]
    public void Delete_LinkToDirectory_RemovesTheLinkOnly()
    {
        using TemporaryDirectory root = new();
        FileAt.MakeDirectories(root.Fd, "keep/inner", 0x1C0);
        FileAt.MakeSymbolicLink("keep", root.Fd, "link");

        TreeRemoval.Delete(root.Fd, "link");

        Assert.True(Directory.Exists(Path.Combine(root.Path, "keep/inner")));
    }

    [Fact]
    public void Delete_DirectoriesWithoutRights_AreOpenedUp()
    {
        using TemporaryDirectory root = new();
        FileAt.MakeDirectories(root.Fd, "tree/a/b", 0x1C0);
        File.WriteAllText(Path.Combine(root.Path, "tree/a/b/file"), "");
        FileAt.ChangeMode(root.Fd, "tree/a/b", 0);
        FileAt.ChangeMode(root.Fd, "tree/a", 0);

        TreeRemoval.Delete(root.Fd, "tree");

        Assert.Empty(DirectoryContent.Read(root.Fd));
    }

    [Fact]
    public void Delete_WayLeadsOverAMount_IsNoObstacle()
    {
        Fd mount;
        try
        {
            using FilesystemContext tmpfs = new("tmpfs");
            mount = tmpfs.CreateMount(MountAttributes.None);
        }
        catch (SyscallException unable) when (unable.Errno == Errno.EPERM)
        {
            Assert.Skip("needs root: a file system of its own");
            throw;
        }

        using (mount)
        {
            // The way to the tree crosses a mount, which is no obstacle.
            FileAt.MakeDirectories(mount, "tree/a", 0x1C0);
            TreeRemoval.Delete(null, $"/proc/self/fd/{mount.Number}/tree/");
            Assert.Empty(DirectoryContent.ReadAll(mount, "."));
        }
    }

    [Fact]
    public void Delete_DepthBeyondEveryPathLimit_Succeeds()
    {
        using TemporaryDirectory root = new();
        const int depth = 3000;
        FileAt.MakeDirectory(root.Fd, "tree", 0x1C0);
        Fd at = FileAt.Open(root.Fd, "tree", OpenFlags.Read | OpenFlags.Directory);
        for (int i = 0; i < depth; i++)
        {
            FileAt.MakeDirectory(at, "directory", 0x1C0);
            Fd next = FileAt.Open(at, "directory", OpenFlags.Read | OpenFlags.Directory);
            at.Dispose();
            at = next;
        }

        at.Dispose();
        TreeRemoval.Delete(root.Fd, "tree");

        Assert.Empty(DirectoryContent.Read(root.Fd));
    }
}
