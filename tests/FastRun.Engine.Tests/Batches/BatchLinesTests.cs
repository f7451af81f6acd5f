using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using FastRun.Engine.Batches;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Batches;

public sealed class BatchLinesTests
{
    [Fact]
    public void Lines_AreNumbered_AndBlankOnesPassedOver() => Assert.Equal(
        [(1, "one"), (4, " four"), (5, "fïve"), (6, "six")],
        Read(Encoding.UTF8.GetBytes("one\r\n\n  \t\n four\nfïve\nsix")));

    [Fact]
    public void Lines_OfNothing_AreNone() => Assert.Empty(Read([]));

    [Fact]
    public void ALine_MayBeAsLongAsAWordOfACommand()
    {
        // execve(2): MAX_ARG_STRLEN is 32 pages of 4 KiB, with the NUL at its end.
        byte[] longest = new byte[131071];
        longest.AsSpan().Fill((byte)'x');
        Assert.Equal(longest.Length, Assert.Single(Read(longest)).Text.Length);
        Assert.Contains("line 1 is longer than 128 KiB", Assert.Throws<EngineException>(() => Read([.. longest, (byte)'x'])).Message);
        Assert.Contains("line 1 is longer than 128 KiB", Assert.Throws<EngineException>(() => Read([.. longest, .. "x\n"u8])).Message);
    }

    [Fact]
    public void Lines_ThatAreNoText_AreErrors()
    {
        Assert.Equal("test: line 2 is not UTF-8", Assert.Throws<EngineException>(() => Read([.. "a\n"u8, 0xFF, (byte)'\n'])).Message);
        Assert.Equal("test: line 1 has a NUL byte", Assert.Throws<EngineException>(() => Read([.. "a\0b"u8])).Message);
    }

    [Theory]
    [InlineData(new string[0], "a; b", new[] { "/bin/sh", "-c", "a; b" })]
    [InlineData(new[] { "go", "test" }, "./x y", new[] { "go", "test", "./x y" })]
    [InlineData(new[] { "{}", "--name={}.{}", "z" }, "n", new[] { "n", "--name=n.n", "z" })]
    public void Command_TakesTheLine(string[] command, string line, string[] expected) => Assert.Equal(expected, BatchCommand.Of(command, line));

    private static List<(int Number, string Text)> Read(byte[] content)
    {
        string path = Path.GetTempFileName();
        try
        {
            File.WriteAllBytes(path, content);
            using Fd file = FileAt.Open(null, path, OpenFlags.Read);
            BatchLines lines = new(file, "test");
            while (!lines.IsRead)
            {
                lines.Read();
            }

            List<(int Number, string Text)> all = [];
            while (lines.TryTake(out (int Number, string Text) line))
            {
                all.Add(line);
            }

            return all;
        }
        finally
        {
            File.Delete(path);
        }
    }
}
