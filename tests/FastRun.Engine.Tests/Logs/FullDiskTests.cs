using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using FastRun.Engine.Logs;
using FastRun.Native;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Tests.Logs;

/// <summary>Logs on a file system of 64 KiB, mounted nowhere.</summary>
public sealed class FullDiskTests : IDisposable
{
    private readonly Fd _disk;
    private readonly string _directory;

    public FullDiskTests()
    {
        using FilesystemContext context = new("tmpfs");
        context.Set("size", "65536");
        _disk = context.CreateMount(default);
        _directory = $"/proc/self/fd/{_disk.Number.ToString(CultureInfo.InvariantCulture)}";
    }

    private string Log => _directory + "/container.log";

    public void Dispose() => _disk.Dispose();

    [Theory]
    [InlineData("json-file")]
    [InlineData("local")]
    public void Blocking_WritesAllOnceThereIsRoom(string driver)
    {
        File.WriteAllBytes(_directory + "/other", new byte[60_000]);
        using ContainerLog log = Open(driver);
        string line = new string('x', 99) + "\n";
        int lines = 0;
        while (!log.IsBehind)
        {
            log.Write(error: false, Encoding.ASCII.GetBytes(line));
            lines++;
        }

        log.Write(error: false, "last\n"u8);
        log.Retry();
        Assert.True(log.IsBehind);

        File.Delete(_directory + "/other");
        log.Retry();
        Assert.False(log.IsBehind);
        log.Complete();

        string[] read = Read(driver);
        Assert.Equal(lines + 1, read.Length);
        Assert.All(read[..^1], each => Assert.Equal(line, each));
        Assert.Equal("last\n", read[^1]);
    }

    [Fact]
    public void NonBlocking_NeverWaits_AndDropsTheNewest()
    {
        File.WriteAllBytes(_directory + "/other", new byte[65_536]);
        using ContainerLog log = Open("json-file", ("mode", "non-blocking"), ("max-buffer-size", "1k"));
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < 5000; i++)
        {
            log.Write(error: false, Encoding.ASCII.GetBytes($"line {i}\n"));
            Assert.False(log.IsBehind);
        }

        // 5000 waits for a full disk would take minutes.
        Assert.InRange(Stopwatch.GetElapsedTime(start).TotalSeconds, 0, 30);
        File.Delete(_directory + "/other");
        log.Complete();

        string[] read = Read("json-file");
        Assert.InRange(read.Length, 10, 4999);
        Assert.Equal("line 0\n", read[0]);
    }

    [Fact]
    public void NonBlocking_EntryLargerThanTheBuffer_IsKept()
    {
        using (ContainerLog log = Open("local", ("mode", "non-blocking"), ("max-buffer-size", "10")))
        {
            log.Write(error: true, "longer than ten bytes\n"u8);
            log.Complete();
        }

        Assert.Equal(["longer than ten bytes\n"], Read("local"));
    }

    private ContainerLog Open(string driver, params (string Key, string Value)[] options) => ContainerLog.Open(
        LogOptions.Parse(new LogConfiguration(driver, options.ToDictionary(option => option.Key, option => option.Value))), Log, [])!;

    private string[] Read(string driver)
    {
        List<string> read = [];
        foreach (LogReader reader in new LogFiles(_directory, driver, 5).Open(null))
        {
            using (reader)
            {
                while (reader.TryRead(out LogEntry entry))
                {
                    read.Add(Encoding.UTF8.GetString(entry.Text.Span));
                }
            }
        }

        return [.. read];
    }
}
