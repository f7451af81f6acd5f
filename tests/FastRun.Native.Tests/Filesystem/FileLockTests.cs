using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using FastRun.Native.Filesystem;
using FastRun.Native.Sockets;

namespace FastRun.Native.Tests.Filesystem;

public sealed class FileLockTests
{
    [Fact]
    public void TryAcquire_HeldExclusively_GivesEagain()
    {
        using TemporaryDirectory root = new();
        using FileLock held = FileLock.Acquire(root.Fd, "lock", FileLockMode.Exclusive);

        Assert.Null(FileLock.TryAcquire(root.Fd, "lock", FileLockMode.Shared, out Errno errno));
        Assert.Equal(Errno.EAGAIN, errno);
    }

    [Fact]
    public void TryAcquire_BothShared_Succeeds()
    {
        using TemporaryDirectory root = new();
        using FileLock first = FileLock.Acquire(root.Fd, "lock", FileLockMode.Shared);
        using FileLock? second = FileLock.TryAcquire(root.Fd, "lock", FileLockMode.Shared, out _);

        Assert.NotNull(second);
        Assert.False(first.TryConvert(FileLockMode.Exclusive));
    }

    [Fact]
    public void AcquireDirectory_Held_KeepsOthersOut()
    {
        using TemporaryDirectory root = new();
        using (FileLock? held = FileLock.AcquireDirectory(root.Path))
        {
            Assert.NotNull(held);
            Assert.Null(FileLock.TryAcquire(root.Fd, ".", FileLockMode.Exclusive, out Errno errno));
            Assert.Equal(Errno.EAGAIN, errno);
        }

        using FileLock? next = FileLock.TryAcquire(root.Fd, ".", FileLockMode.Exclusive, out _);
        Assert.NotNull(next);
    }

    [Fact]
    public void TryAcquire_Missing_GivesEnoent()
    {
        using TemporaryDirectory root = new();
        Assert.Null(FileLock.TryAcquire(root.Fd, "lock", FileLockMode.Shared, out Errno errno));
        Assert.Equal(Errno.ENOENT, errno);
    }

    [Fact]
    public void Dispose_Held_LetsTheNextIn()
    {
        using TemporaryDirectory root = new();
        FileLock.Acquire(root.Fd, "lock", FileLockMode.Exclusive).Dispose();
        using FileLock? next = FileLock.TryAcquire(root.Fd, "lock", FileLockMode.Exclusive, out _);
        Assert.NotNull(next);
    }

    [Fact]
    public void StillNames_FileReplaced_IsFalse()
    {
        using TemporaryDirectory root = new();
        using FileLock held = FileLock.Acquire(root.Fd, "lock", FileLockMode.Shared);
        Assert.True(held.StillNames(root.Fd, "lock"));

        File.WriteAllText(Path.Combine(root.Path, "new"), "");
        FileAt.Rename(root.Fd, "new", root.Fd, "lock");

        Assert.False(held.StillNames(root.Fd, "lock"));
    }

    [Fact]
    public void AcquireTarget_ReplacedWhileItWaits_LocksTheFileThatTheNameMeansThen()
    {
        using TemporaryDirectory root = new();
        string path = Path.Combine(root.Path, "record");
        File.WriteAllText(path, "old");
        File.CreateSymbolicLink(Path.Combine(root.Path, "name"), "record");
        FileLock? waited = null;
        FileStatus status = default;
        Thread waiter = new(() => waited = FileLock.AcquireTarget(root.Fd, "name", FileLockMode.Shared, out status, out _));
        using (FileLock.Acquire(root.Fd, "record", FileLockMode.Exclusive))
        {
            waiter.Start();
            File.WriteAllText(path + ".new", "newer");
            File.Move(path + ".new", path, overwrite: true);
        }

        Assert.True(waiter.Join(TimeSpan.FromSeconds(60)));
        using FileLock held = Assert.IsType<FileLock>(waited);
        Assert.True(held.StillNames(root.Fd, "record"));
        Assert.Equal(5, status.Size);
    }

    [Fact]
    public void AcquireTarget_RemovedWhileItWaits_GivesEnoent()
    {
        using TemporaryDirectory root = new();
        Errno errno = Errno.None;
        FileLock? waited = null;
        Thread waiter = new(() => waited = FileLock.AcquireTarget(root.Fd, "record", FileLockMode.Shared, out _, out errno));
        using (FileLock.Acquire(root.Fd, "record", FileLockMode.Exclusive))
        {
            waiter.Start();
            File.Delete(Path.Combine(root.Path, "record"));
        }

        Assert.True(waiter.Join(TimeSpan.FromSeconds(60)));
        Assert.Null(waited);
        Assert.Equal(Errno.ENOENT, errno);
    }

    [Fact]
    public void Dispose_WhileSomebodyHasACopyOfTheDescriptor_LetsTheNextInNevertheless()
    {
        // As a process has that another thread starts, until it executes.
        using TemporaryDirectory root = new();
        FileLock held = FileLock.Acquire(root.Fd, "lock", FileLockMode.Exclusive);
        using Fd copy = Copy(held.File);

        held.Dispose();

        using FileLock? next = FileLock.TryAcquire(root.Fd, "lock", FileLockMode.Exclusive, out _);
        Assert.NotNull(next);
        held.Dispose();
        Assert.Null(FileLock.TryAcquire(root.Fd, "lock", FileLockMode.Exclusive, out _));
    }

    [Fact]
    public void Share_ThenDispose_LeavesItToWhoHasTheDescriptor()
    {
        using TemporaryDirectory root = new();
        FileLock held = FileLock.Acquire(root.Fd, "lock", FileLockMode.Exclusive);
        FileLock other = FileLock.Inherit(Copy(held.Share()));

        held.Dispose();

        Assert.Null(FileLock.TryAcquire(root.Fd, "lock", FileLockMode.Exclusive, out Errno errno));
        Assert.Equal(Errno.EAGAIN, errno);
        other.Dispose();
        using FileLock? next = FileLock.TryAcquire(root.Fd, "lock", FileLockMode.Exclusive, out _);
        Assert.NotNull(next);
    }

    /// <summary>Another descriptor of the same open file.</summary>
    private static Fd Copy(Fd file)
    {
        (Fd left, Fd right) = UnixSocket.Pair();
        using (left)
        using (right)
        {
            Assert.Equal(Errno.None, DescriptorPassing.Send(left, "x"u8, file));
            List<Fd> received = [];
            Assert.Equal(1, DescriptorPassing.TryReceive(right, new byte[1], received));
            return Assert.Single(received);
        }
    }
}
