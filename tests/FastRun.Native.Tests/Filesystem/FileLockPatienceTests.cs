using System;
using System.IO;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Native.Filesystem;

namespace FastRun.Native.Tests.Filesystem;

/// <summary>Waiting for a lock that another holds for long.</summary>
public sealed class FileLockPatienceTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-locks-").FullName;

    private string Lock => Path.Combine(_directory, "lock");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void AcquirePatiently_Free_TakenWithoutAWord()
    {
        using FileLock held = FileLock.AcquirePatiently(
            Lock, FileLockMode.Exclusive, () => Assert.Fail("nobody holds it"), TestContext.Current.CancellationToken);
        Assert.True(held.StillNames(null, Lock));
    }

    [Fact]
    public void AcquirePatiently_DirectoryIsGone_Throws() =>
        Assert.Equal(
            Errno.ENOENT,
            Assert.Throws<SyscallException>(() => FileLock.AcquirePatiently(
                Path.Combine(_directory, "gone", "lock"), FileLockMode.Exclusive, () => { }, TestContext.Current.CancellationToken)).Errno);

    [Fact]
    public async Task AcquirePatiently_Held_SaysSoOnceAndTakesItWhenItIsFree()
    {
        FileLock first = FileLock.Acquire(null, Lock, FileLockMode.Exclusive);
        int said = 0;
        using ManualResetEventSlim waits = new();
        Task<FileLock> second = Task.Run(() => FileLock.AcquirePatiently(
            Lock,
            FileLockMode.Exclusive,
            () =>
            {
                said++;
                waits.Set();
            },
            TestContext.Current.CancellationToken));
        Assert.True(waits.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        Assert.False(second.IsCompleted);
        first.Dispose();
        using FileLock held = await second;
        Assert.Equal(1, said);
    }

    [Fact]
    public async Task AcquirePatiently_HolderRemovesTheFile_TheNewFileIsLocked()
    {
        FileLock first = FileLock.Acquire(null, Lock, FileLockMode.Exclusive);
        using ManualResetEventSlim waits = new();
        Task<FileLock> second = Task.Run(() => FileLock.AcquirePatiently(
            Lock, FileLockMode.Exclusive, waits.Set, TestContext.Current.CancellationToken));
        Assert.True(waits.Wait(TimeSpan.FromSeconds(60), TestContext.Current.CancellationToken));
        File.Delete(Lock);
        first.Dispose();
        using FileLock held = await second;
        Assert.True(held.StillNames(null, Lock));
    }

    [Fact]
    public void AcquirePatiently_Cancelled_GivesUp()
    {
        using FileLock first = FileLock.Acquire(null, Lock, FileLockMode.Exclusive);
        using CancellationTokenSource source = new();
        Assert.Throws<OperationCanceledException>(
            () => FileLock.AcquirePatiently(Lock, FileLockMode.Shared, source.Cancel, source.Token));
    }
}
