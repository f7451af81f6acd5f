using System.IO;
using System.Linq;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using FastRun.Engine.Logs;

namespace FastRun.Engine.Tests.Logs;

public sealed class JsonFileLogTests
{
    [Fact]
    public void Write_Lines_AreEntriesWithStreamAndTime()
    {
        string[] entries = Written(log =>
        {
            log.Write(error: false, "one\ntwo\n"u8);
            log.Write(error: true, "bad\n"u8);
        });

        Assert.Equal(3, entries.Length);
        Assert.Matches(new Regex("""^\{"log":"one\\n","stream":"stdout","time":"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}Z"\}$"""), entries[0]);
        Assert.Equal(("bad\n", "stderr"), Parse(entries[2]));
    }

    [Fact]
    public void Write_LineInPieces_IsOneEntry()
    {
        string[] entries = Written(log =>
        {
            log.Write(error: false, "on"u8);
            log.Write(error: true, "x\n"u8);
            log.Write(error: false, "e\n"u8);
        });

        Assert.Equal([("x\n", "stderr"), ("one\n", "stdout")], entries.Select(Parse));
    }

    [Fact]
    public void Write_LongLine_IsSplitAt16KiBWithoutLoss()
    {
        string line = string.Concat(Enumerable.Range(0, 10_000).Select(number => number + " ")) + "\n";
        string[] entries = Written(log => log.Write(error: false, Encoding.ASCII.GetBytes(line)));

        Assert.Equal(line, string.Concat(entries.Select(entry => Parse(entry).Log)));
        Assert.All(entries.SkipLast(1), entry => Assert.Equal(16 * 1024, Parse(entry).Log.Length));
    }

    [Fact]
    public void Complete_UnfinishedLine_IsKept() =>
        Assert.Equal([("end", "stdout")], Written(log => log.Write(error: false, "end"u8)).Select(Parse));

    [Fact]
    public void Write_EveryByteOfAscii_ComesBack()
    {
        byte[] bytes = [.. Enumerable.Range(0, 128).Select(value => (byte)value).Where(value => value != '\n'), (byte)'\n'];
        string[] entries = Written(log => log.Write(error: false, bytes));

        Assert.Equal(Encoding.ASCII.GetString(bytes), Parse(entries.Single()).Log);
    }

    [Fact]
    public void Write_Utf8AndWhatIsNot_ComesBackWithReplacements()
    {
        string[] entries = Written(log => log.Write(error: false, [.. "é€😀"u8, 0xFF, (byte)'x', 0xE2, 0x82, (byte)'\n']));

        Assert.Equal("é€😀\uFFFDx\uFFFD\n", Parse(entries.Single()).Log);
    }

    private static (string Log, string Stream) Parse(string entry)
    {
        using JsonDocument document = JsonDocument.Parse(entry);
        return (document.RootElement.GetProperty("log").GetString()!, document.RootElement.GetProperty("stream").GetString()!);
    }

    private static string[] Written(System.Action<ContainerLog> write)
    {
        using TemporaryTree tree = new();
        string path = Path.Combine(tree.Host, "log");
        using (JsonFileLog log = new(RotatedFile.Open(path, LogOptions.Parse(null)), []))
        {
            write(log);
            log.Complete();
        }

        return File.ReadAllLines(path);
    }
}
