using System;
using System.Linq;
using System.Runtime.InteropServices;
using FastRun.Native.Interop;
using FastRun.Native.Launch;

namespace FastRun.Native.Tests.Launch;

public sealed class LaunchTapeTests
{
    [Fact]
    public void Text_WhileTheArenaGrows_StaysWhereItWas()
    {
        using LaunchTape tape = new();
        nint[] texts = [.. Enumerable.Range(0, 20_000).Select(i => tape.Text($"text number {i}"))];

        Assert.True(tape.Chunks().Count() > 1, "the arena did not grow");
        Assert.Equal(
            Enumerable.Range(0, 20_000).Select(i => $"text number {i}"), texts.Select(text => Marshal.PtrToStringUTF8(text)!));
    }

    [Fact]
    public void Text_LongerThanAChunk_IsWhole()
    {
        using LaunchTape tape = new();
        string text = new('x', 200_000);

        Assert.Equal(text, Marshal.PtrToStringUTF8(tape.Text(text)));
    }

    [Fact]
    public void Text_WithNul_IsRefused()
    {
        using LaunchTape tape = new();

        Assert.Throws<ArgumentException>(() => tape.Text("a\0b"));
    }

    [Fact]
    public void Add_MoreThanTheFirstCapacity_KeepsEveryOpAndMark()
    {
        using LaunchTape tape = new();
        for (int i = 0; i < 3000; i++)
        {
            tape.Mark(i / 10);
            tape.Add(Sys.close, i);
        }

        Assert.Equal(3000, tape.Count);
        Assert.All(Enumerable.Range(0, 3000), i => Assert.Equal((i, i / 10), ((int)tape[i].Arguments[0], tape.MarkOf(i))));
        Assert.Throws<ArgumentOutOfRangeException>(() => tape.MarkOf(3000));
    }

    [Fact]
    public void Add_AfterDispose_IsRefused()
    {
        LaunchTape tape = new();
        tape.Dispose();
        tape.Dispose();

        Assert.Throws<ObjectDisposedException>(() => tape.Exit(0));
    }

    [Fact]
    public void Launch_MoreSlotsThanAnyFixedNumber_AllHoldTheirResults()
    {
        using LaunchTape tape = new();
        Slot[] slots = [.. Enumerable.Range(0, 2000).Select(_ => tape.NewSlot())];
        _ = tape.PointerArray(0, out nint none);
        Array.ForEach(slots, slot => tape.TryExecute("/nonexistent", none, none, slot));
        tape.Exit(7);

        using ChildProcess child = ChildProcess.Launch(tape, default, cgroup: null, out ChildReport report);

        Assert.Equal(new ExitStatus(true, 7), child.Wait());
        Assert.Equal((false, 2000), (report.Failed, report.Position));
        Assert.All(slots, slot => Assert.Equal(-(long)Errno.ENOENT, tape.ResultOf(slot)));
    }

    [Fact]
    public void Print_ShowsCallsAsStraceDoes()
    {
        using LaunchTape tape = new();
        Slot socket = tape.NewSlot();
        Slot executed = tape.NewSlot();
        tape.Socket(2, 2, socket);
        tape.Close(socket, Errno.EBADF);
        tape.SetHostName("a\"b\n\u0001é");
        Span<nint> argv = tape.PointerArray(2, out nint arguments);
        argv[0] = tape.Text("sh");
        argv[1] = tape.Text("-c");
        tape.TryExecute("/bin/sh", arguments, 0, executed);
        tape.Exit(3);

        string[] lines = TapePrinter.Print(tape).Split('\n');

        Assert.Equal(6, lines.Length);
        Assert.StartsWith("socket(2, 0x", lines[0], StringComparison.Ordinal);
        Assert.EndsWith(" -> $1", lines[0], StringComparison.Ordinal);
        Assert.Equal("close($1)    # may fail: EBADF", lines[1]);
        Assert.Equal("sethostname(\"a\\\"b\\n\\x01é\", 7)", lines[2]);
        Assert.Equal("execve(\"/bin/sh\", [\"sh\", \"-c\"], NULL) -> $2    # may fail: any", lines[3]);
        Assert.Equal("exit_group(3)", lines[4]);
        Assert.Equal("", lines[5]);
        Assert.Equal("exit_group(3)", TapePrinter.Describe(tape, 4));
    }
}
