using System;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;
using FastRun.Native.Namespaces;

namespace FastRun.Native.Tests.Mounts;

/// <summary>Mounts that are attached nowhere: they end with their descriptor.</summary>
public sealed class DetachedMountTests
{
    public DetachedMountTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: mounts");

    [Fact]
    public void FilesystemContext_UnknownType_IsEnodev()
    {
        SyscallException e = Assert.Throws<SyscallException>(() => new FilesystemContext("nosuchfs"));

        Assert.Equal(("fsopen", Errno.ENODEV, "nosuchfs"), (e.Syscall, e.Errno, e.Subject));
    }

    [Fact]
    public void Set_UnknownOption_IsEinvalAndNamesIt()
    {
        using FilesystemContext context = new("tmpfs");

        SyscallException e = Assert.Throws<SyscallException>(() => context.Set("nosuchoption", "1"));

        Assert.Equal(("fsconfig", Errno.EINVAL, "tmpfs nosuchoption=1"), (e.Syscall, e.Errno, e.Subject));
        Assert.False(context.TrySet("nosuchoption", "1"));
        e = Assert.Throws<SyscallException>(() => context.Set("nosuchflag"));
        Assert.Equal((Errno.EINVAL, "nosuchflag"), (e.Errno, e.Subject));
    }

    [Fact]
    public void SetAttributes_ReadOnlyClone_LeavesTheOriginalWritable()
    {
        using Fd original = Tmpfs();
        using Fd clone = CloneDetached(original);

        MountTree.SetAttributes(clone, MountAttributes.ReadOnly, Propagation.Private);

        SyscallException e = Assert.Throws<SyscallException>(() => FileAt.MakeDirectory(clone, "a", 0b_111_000_000));
        Assert.Equal(Errno.EROFS, e.Errno);
        FileAt.MakeDirectory(original, "a", 0b_111_000_000);
        Assert.True(FileAt.Stat(clone, "a").IsSameFile(FileAt.Stat(original, "a")));
    }

    [Fact]
    public void Clone_PathThatDoesNotExist_IsEnoentAndNamesIt()
    {
        SyscallException e = Assert.Throws<SyscallException>(() => MountTree.Clone("/nonexistent/a", recursive: true));

        Assert.Equal(("open_tree", Errno.ENOENT, "/nonexistent/a"), (e.Syscall, e.Errno, e.Subject));
    }

    [Fact]
    public void SetAttributes_IdMap_ShowsTheMappedOwner()
    {
        using Fd original = Tmpfs();
        FileAt.MakeDirectory(original, "owned", 0b_111_000_000);
        FileAt.ChangeOwner(original, "owned", 1000, 1001);
        using Fd clone = CloneDetached(original);
        using Fd map = UserNamespace.Create("1000 33 1\n", "1001 34 1\n");
        try
        {
            MountTree.SetAttributes(clone, MountAttributes.IdMap, userNamespace: map);
        }
        catch (SyscallException e) when (e.Errno == Errno.EINVAL)
        {
            Assert.Skip("this kernel has no idmapped tmpfs");
        }

        FileStatus seen = FileAt.Stat(clone, "owned");
        Assert.Equal((33u, 34u), (seen.Uid, seen.Gid));
        FileStatus stored = FileAt.Stat(original, "owned");
        Assert.Equal((1000u, 1001u), (stored.Uid, stored.Gid));
    }

    [Fact]
    public void UserNamespace_MalformedMap_IsEinval()
    {
        SyscallException e = Assert.Throws<SyscallException>(() => UserNamespace.Create("0 0 1\n0 5 1\n", "0 0 1\n"));

        Assert.Equal(Errno.EINVAL, e.Errno);
    }

    private static Fd CloneDetached(Fd mount)
    {
        try
        {
            return MountTree.Clone(mount, recursive: false);
        }
        catch (SyscallException e) when (e.Errno == Errno.EINVAL)
        {
            Assert.Skip("before kernel 6.15 open_tree clones only what is attached");
            throw;
        }
    }

    private static Fd Tmpfs()
    {
        using FilesystemContext context = new("tmpfs");
        context.Set("size", "64k");
        return context.CreateMount(MountAttributes.NoSuid);
    }
}
