using System;
using System.IO;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Native.Tests.Mounts;

/// <summary>What is attached in a mount namespace of a moment is seen by its thread only.</summary>
public sealed class PrivateMountNamespaceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-mounts-").FullName;

    public PrivateMountNamespaceTests() => Assert.SkipUnless(Environment.IsPrivilegedProcess, "needs root: mounts");

    public void Dispose() => TreeRemoval.Delete(null, _directory);

    [Fact]
    public void Run_NewFileSystem_IsAttachedOnlyInsideAndItsCloneStays()
    {
        string file = Path.Combine(_directory, "file");

        using Fd clone = PrivateMountNamespace.Run(() =>
        {
            MountTree.AttachNew("tmpfs", _directory, "size=1m,mode=0700", readOnly: false);
            File.WriteAllText(file, "inside");
            Assert.Contains(_directory, File.ReadAllText("/proc/thread-self/mountinfo"), StringComparison.Ordinal);
            return MountTree.Clone(_directory, recursive: false);
        });

        Assert.False(File.Exists(file));
        Assert.DoesNotContain(_directory, File.ReadAllText("/proc/self/mountinfo"), StringComparison.Ordinal);
        using Fd kept = FileAt.Open(clone, "file", OpenFlags.Read);
        Assert.Equal("inside"u8, FileContent.ReadAll(kept, 100));
    }

    [Fact]
    public void Run_DetachedMount_CanBeAttachedOnceAndUsedByNumber()
    {
        using FilesystemContext context = new("tmpfs");
        using Fd mount = context.CreateMount(MountAttributes.None);
        FileAt.MakeDirectory(mount, "in-it", 0b_111_000_000);

        PrivateMountNamespace.Run(() =>
        {
            MountTree.Attach(mount, _directory);
            Assert.True(Directory.Exists(_directory + "/in-it"));
            Assert.Equal(Errno.None, FileAt.TryStat(null, $"{mount.Number}/in-it", out _));
            return true;
        });

        SyscallException e = Assert.Throws<SyscallException>(() => MountTree.Attach(mount, _directory));
        Assert.Equal(("move_mount", Errno.EINVAL), (e.Syscall, e.Errno));
    }

    [Fact]
    public void Run_WorkThatThrows_ThrowsThatAndLeavesTheCallerWhereItWas()
    {
        string before = Directory.GetCurrentDirectory();

        _ = Assert.Throws<FormatException>(() => PrivateMountNamespace.Run<int>(() => throw new FormatException()));

        Assert.Equal(before, Directory.GetCurrentDirectory());
    }

    [Fact]
    public void AttachNew_ReadOnly_CannotBeWritten() => PrivateMountNamespace.Run(() =>
    {
        MountTree.AttachNew("tmpfs", _directory, "", readOnly: true);
        Assert.Equal(Errno.EROFS, FileAt.TryMakeDirectory(null, _directory + "/new", 0b_111_000_000));
        return true;
    });

    [Theory]
    [InlineData("nosuchfs", "", Errno.ENODEV)]
    [InlineData("tmpfs", "nosuchoption", Errno.EINVAL)]
    public void AttachNew_WhatTheKernelDoesNotHave_IsItsErrno(string type, string options, Errno errno)
    {
        SyscallException e = Assert.Throws<SyscallException>(
            () => PrivateMountNamespace.Run(() =>
            {
                MountTree.AttachNew(type, _directory, options, readOnly: false);
                return true;
            }));

        Assert.Equal(("mount", errno, type), (e.Syscall, e.Errno, e.Subject));
    }

    [Fact]
    public void AttachNew_OptionsLongerThanAPage_IsRefusedNotCut()
    {
        // mount(2) itself would take the first 4,095 bytes.
        SyscallException e = Assert.Throws<SyscallException>(
            () => MountTree.AttachNew("tmpfs", _directory, "size=1m" + new string(',', 4089), readOnly: false));

        Assert.Equal(Errno.E2BIG, e.Errno);
    }
}
