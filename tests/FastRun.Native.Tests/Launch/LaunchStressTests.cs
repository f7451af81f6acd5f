using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Native.Interop;
using FastRun.Native.Launch;
using FastRun.Native.Namespaces;

namespace FastRun.Native.Tests.Launch;

/// <summary>
/// The child shares the memory of a process whose garbage collector is at work: no launch may fail or hang, and the
/// parent's heap and descriptors must stay whole.
/// </summary>
public sealed class LaunchStressTests
{
    private const int O_CLOEXEC = 0x80000;

    [Fact]
    public void Launch_AThousandTimesWhileThreadsAllocateAndCollect_NoneFailsOrHangs() => LaunchWhileThreadsAllocateAndCollect(1000);

    [Fact(Explicit = true)]
    public void Launch_FiveThousandTimesWhileThreadsAllocateAndCollect_NoneFailsOrHangs() => LaunchWhileThreadsAllocateAndCollect(5000);

    private static void LaunchWhileThreadsAllocateAndCollect(int launches)
    {
        using CancellationTokenSource done = new();
        Exception? damage = null;
        Thread[] disturbers = [.. Enumerable.Range(0, 3).Select(index => new Thread(() =>
        {
            try
            {
                Disturb(index, done.Token);
            }
            catch (Exception exception)
            {
                damage = exception;
            }
        }))];
        Array.ForEach(disturbers, thread => thread.Start());
        int descriptorsBefore = Directory.GetFiles("/proc/self/fd").Length;
        int codes = 0;
        try
        {
            Thread launcher = new(() =>
            {
                for (int round = 0; round < launches; round++)
                {
                    codes += LaunchOnce(round % 2 == 0 ? CloneFlags.None : CloneFlags.NewMount | CloneFlags.NewPid | CloneFlags.NewUts);
                }
            });
            launcher.Start();
            Assert.True(launcher.Join(TimeSpan.FromMinutes(5)), $"a launch hangs; {codes} ended before it");
        }
        finally
        {
            done.Cancel();
        }

        Array.ForEach(disturbers, thread => thread.Join());
        Assert.Null(damage);
        Assert.Equal(launches, codes);

        // Other tests run side by side and hold some: a leak of one per launch would be a thousand.
        Assert.InRange(Directory.GetFiles("/proc/self/fd").Length, 0, descriptorsBefore + 200);
    }

    [Fact]
    public void Launch_FromEightThreadsAtOnce_EachGetsItsOwnChild()
    {
        int codes = 0;
        Parallel.For(0, 800, new ParallelOptions { MaxDegreeOfParallelism = 8 }, _ => Interlocked.Add(ref codes, LaunchOnce(CloneFlags.None)));
        Assert.Equal(800, codes);
    }

    // Runs a dozen system calls and then /bin/true through a shell that must see what the tape did; returns 1.
    private static int LaunchOnce(CloneFlags flags)
    {
        using LaunchTape tape = new();
        Slot directory = tape.NewSlot();
        tape.Add(Sys.openat, -100, tape.Text("/"), O_CLOEXEC, result: directory);
        for (int i = 0; i < 10; i++)
        {
            tape.Add(Sys.fchdir, directory);
        }

        Span<nint> argv = tape.PointerArray(1, out nint argvAt);
        argv[0] = tape.Text("true");
        _ = tape.PointerArray(0, out nint envAt);
        tape.Add(Sys.execve, tape.Text("/bin/true"), argvAt, envAt);
        using ChildProcess child = ChildProcess.Launch(tape, flags, cgroup: null, out ChildReport report);
        Assert.False(report.Failed, $"op {report.Position}: {report.Error}");
        ExitStatus status = child.Wait();
        Assert.Equal(new ExitStatus(true, 0), status);
        return 1;
    }

    private static void Disturb(int index, CancellationToken done)
    {
        Random random = new(index);
        List<byte[]> kept = [];
        while (!done.IsCancellationRequested)
        {
            for (int i = 0; i < 200; i++)
            {
                byte[] block = new byte[random.Next(16, 100_000)];
                Array.Fill(block, (byte)block.Length);
                kept.Add(block);
            }

            if (kept.Count > 1000)
            {
                // Whatever the children did to this memory would show.
                Assert.All(kept, block => Assert.True(block[0] == (byte)block.Length && block[^1] == (byte)block.Length));
                kept.Clear();
            }

            GC.Collect(random.Next(0, 3), GCCollectionMode.Forced, blocking: true, compacting: index == 0);
        }
    }
}
