using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using FastRun.Engine.Logs;

namespace FastRun.Engine.Tests.Logs;

public sealed class LogRotationTests : IDisposable
{
    private readonly TemporaryTree _tree = new();

    private string Log => _tree.Host + "/container.log";

    public void Dispose() => _tree.Dispose();

    [Fact]
    public void Rotation_KeepsTheNumberOfFiles_AndOneMayBeTheOnly()
    {
        Write(Options("json-file", "max-size=1k", "max-file=3"), 100);
        Assert.Equal(["container.log", "container.log.1", "container.log.2"], Names());
        Assert.Equal("line 99\n", Read("json-file", 3, null)[^1]);

        Write(Options("json-file", "max-size=1k"), 100);
        Assert.Equal(["container.log", "container.log.1", "container.log.2"], Names());
    }

    [Theory]
    [InlineData("json-file")]
    [InlineData("local")]
    public void Reading_AnyTail_IsTheEndOfAll(string driver)
    {
        Write(Options(driver, "max-size=256", "max-file=4"), 60);
        List<string> all = Read(driver, 4, null);

        Assert.InRange(all.Count, 8, 59);
        for (int tail = 0; tail <= all.Count + 1; tail++)
        {
            Assert.Equal(all.TakeLast(tail), Read(driver, 4, tail));
        }
    }

    [Fact]
    public void Rotation_OfLocal_Compresses()
    {
        Write(Options("local", "max-size=64k", "max-file=3"), 10_000);

        Assert.Equal(["container.log", "container.log.1.zst", "container.log.2.zst"], Names());
        Assert.InRange(new FileInfo(Log + ".1.zst").Length, 1, 32 * 1024);
        List<string> all = Read("local", 3, null);
        Assert.Equal(Enumerable.Range(10_000 - all.Count, all.Count).Select(i => $"line {i}\n"), all);
        Assert.Equal(all.TakeLast(5000), Read("local", 3, 5000));
    }

    [Fact]
    public void Rotation_OfJsonFile_CompressesAsDockerDoes()
    {
        Write(Options("json-file", "max-size=64k", "max-file=3", "compress=true"), 10_000);

        Assert.Equal(["container.log", "container.log.1.gz", "container.log.2.gz"], Names());
        Assert.InRange(new FileInfo(Log + ".1.gz").Length, 1, 32 * 1024);
        using (StreamReader gzip = new(new GZipStream(File.OpenRead(Log + ".2.gz"), CompressionMode.Decompress)))
        {
            Assert.StartsWith("{\"log\":\"line ", gzip.ReadLine(), StringComparison.Ordinal);
        }

        List<string> all = Read("json-file", 3, null);
        Assert.Equal(Enumerable.Range(10_000 - all.Count, all.Count).Select(i => $"line {i}\n"), all);
        Assert.Equal(all.TakeLast(1500), Read("json-file", 3, 1500));
    }

    [Fact]
    public void Reading_ACompressedFileThatIsCutShort_GivesWhatCameBefore()
    {
        Write(Options("json-file", "max-size=64k", "max-file=2", "compress=true"), 1_500);
        byte[] whole = File.ReadAllBytes(Log + ".1.gz");
        List<string> all = Read("json-file", 2, null);
        foreach (int length in (int[])[0, 5, 12, whole.Length / 2, whole.Length - 1])
        {
            File.WriteAllBytes(Log + ".1.gz", whole[..length]);
            List<string> read = Read("json-file", 2, null);
            Assert.Equal(all[^1], read[^1]);
            Assert.True(read.Count <= all.Count);
        }
    }

    [Fact]
    public void Reading_AFileThatIsThereTwice_GivesItOnce()
    {
        Write(Options("local", "max-size=4k", "max-file=3", "compress=false"), 200);
        List<string> all = Read("local", 3, null);

        // As a kill leaves it between the renaming of the compressed file and the removal of the other.
        File.Copy(Log + ".1", Log + ".2", overwrite: true);

        List<string> read = Read("local", 3, null);
        Assert.Equal(read.Distinct(), read);
        Assert.Equal(all.TakeLast(read.Count), read);
    }

    [Fact]
    public void Opening_AfterAWriterThatWasKilled_LosesTheLastEntryOnly()
    {
        foreach (string driver in (string[])["local", "json-file"])
        {
            Directory.GetFiles(_tree.Host, "container.log*").ToList().ForEach(File.Delete);
            Write(Options(driver), 10);
            byte[] whole = File.ReadAllBytes(Log);
            for (int cut = 1; cut < 20; cut++)
            {
                File.WriteAllBytes(Log, whole[..^cut]);
                Write(Options(driver), 1);

                // A line of JSON without its newline is whole.
                Assert.Equal(driver == "json-file" && cut == 1 ? 11 : 10, Read(driver, 5, null).Count);
                Assert.Equal("line 0\n", Read(driver, 5, 1).Single());
            }
        }
    }

    [Fact]
    public async Task Opening_WhileTheWriterRotates_IsAlwaysInOrder()
    {
        const int Lines = 2_000;
        LogOptions options = Options("local", "max-size=600", "max-file=200", "compress=false");
        using ContainerLog log = ContainerLog.Open(options, Log, [])!;
        log.Write(error: false, "line 0\n"u8);
        Task writing = Task.Run(() =>
        {
            for (int i = 1; i < Lines; i++)
            {
                log.Write(error: false, Encoding.ASCII.GetBytes($"line {i}\n"));
            }
        });

        // As a follower does: from the oldest file on, always to those that were begun after the one that was read.
        LogFiles files = new(_tree.Host, "local", 200);
        List<string> read = [];
        List<LogReader> readers = files.Open(tail: null);
        while (read.Count < Lines)
        {
            bool rotated = files.HasRotated(readers[^1]);
            foreach (LogReader reader in readers)
            {
                while (reader.TryRead(out LogEntry entry))
                {
                    read.Add(Encoding.UTF8.GetString(entry.Text.Span));
                }
            }

            readers.SkipLast(1).ToList().ForEach(static reader => reader.Dispose());
            readers.RemoveRange(0, readers.Count - 1);
            if (rotated)
            {
                readers.AddRange(files.OpenAfter(readers[^1]));
            }
        }

        readers.ForEach(static reader => reader.Dispose());
        await writing;
        Assert.Equal(Enumerable.Range(0, Lines).Select(i => $"line {i}\n"), read);
    }

    [Fact]
    public void Reading_Garbage_Ends()
    {
        byte[] garbage = new byte[300_000];
        new Random(1).NextBytes(garbage);
        File.WriteAllBytes(Log, garbage);
        foreach (string driver in (string[])["local", "json-file"])
        {
            foreach (long? tail in (long?[])[null, 5])
            {
                // Whatever it makes of it, it comes to the end.
                Assert.InRange(Read(driver, 5, tail).Count, 0, 300_000);
            }
        }

        File.WriteAllBytes(Log + ".1.zst", garbage);
        File.WriteAllBytes(Log + ".1.gz", garbage);
        Assert.InRange(Read("local", 5, null).Count, 0, 300_000);
        Assert.InRange(Read("json-file", 5, null).Count, 0, 300_000);
    }

    private static LogOptions Options(string driver, params string[] options) => LogOptions.Parse(
        new LogConfiguration(driver, options.Select(option => option.Split('=')).ToDictionary(pair => pair[0], pair => pair[1])));

    private void Write(LogOptions options, int lines)
    {
        using ContainerLog log = ContainerLog.Open(options, Log, [])!;
        for (int i = 0; i < lines; i++)
        {
            log.Write(error: false, Encoding.ASCII.GetBytes($"line {i}\n"));
        }

        log.Complete();
    }

    private string[] Names() =>
        [.. Directory.GetFiles(_tree.Host, "container.log*").Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal)];

    private List<string> Read(string driver, int files, long? tail)
    {
        List<string> read = [];
        foreach (LogReader reader in new LogFiles(_tree.Host, driver, files).Open(tail))
        {
            using (reader)
            {
                while (reader.TryRead(out LogEntry entry))
                {
                    read.Add(Encoding.UTF8.GetString(entry.Text.Span));
                }
            }
        }

        return read;
    }
}
