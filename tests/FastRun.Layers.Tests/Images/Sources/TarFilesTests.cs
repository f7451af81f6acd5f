using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Text;
using FastRun.Layers.Images;
using FastRun.Layers.Images.Sources;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Tests.Images.Sources;

/// <summary>Archives are a stranger's: names lead nowhere, sizes are checked against the file.</summary>
public sealed class TarFilesTests : IDisposable
{
    private readonly TemporaryState _state = new();

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData(TarEntryFormat.Ustar)]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    [InlineData(TarEntryFormat.V7)]
    public void Open_EveryFormat_ContentByName(TarEntryFormat format)
    {
        using TarFiles files = Open(Tar(format, ("./a/b", "one"), ("c", ""), ("d", new string('x', 1025))));
        Assert.Equal("one", Text(files, "a/b"));
        Assert.Equal("one", Text(files, "./a//b"));
        Assert.Equal("", Text(files, "c"));
        Assert.Equal(1025, files.TryGetSize("d"));
        Assert.Null(files.TryGetSize("e"));
        Assert.Null(files.TryGetSize("../a/b"));
    }

    [Theory]
    [InlineData(TarEntryFormat.Pax)]
    [InlineData(TarEntryFormat.Gnu)]
    public void Open_LongName_Found(TarEntryFormat format)
    {
        string name = string.Join('/', new string('n', 120), new string('m', 120));
        using TarFiles files = Open(Tar(format, (name, "long"), ("short", "s")));
        Assert.Equal("long", Text(files, name));
        Assert.Equal("s", Text(files, "short"));
    }

    [Fact]
    public void Open_Links_OnlyInsideTheArchive()
    {
        byte[] tar = TarOf(
            new PaxTarEntry(TarEntryType.RegularFile, "x/layer.tar") { DataStream = new MemoryStream("data"u8.ToArray()) },
            new PaxTarEntry(TarEntryType.SymbolicLink, "y/layer.tar") { LinkName = "../x/layer.tar" },
            new PaxTarEntry(TarEntryType.HardLink, "z") { LinkName = "y/layer.tar" },
            new PaxTarEntry(TarEntryType.SymbolicLink, "loop") { LinkName = "loop" },
            new PaxTarEntry(TarEntryType.SymbolicLink, "out") { LinkName = "../../etc/passwd" },
            new PaxTarEntry(TarEntryType.SymbolicLink, "absolute") { LinkName = "/etc/passwd" },
            new PaxTarEntry(TarEntryType.SymbolicLink, "etc") { LinkName = "/etc" });
        using TarFiles files = Open(tar);
        Assert.Equal("data", Text(files, "y/layer.tar"));
        Assert.Equal("data", Text(files, "z"));
        Assert.Null(files.TryGetSize("loop"));
        Assert.Null(files.TryGetSize("out"));
        Assert.Null(files.TryGetSize("absolute"));
        Assert.Null(files.TryGetSize("etc/passwd"));
    }

    [Fact]
    public void Open_NameTwice_TheLastCounts()
    {
        using TarFiles files = Open(Tar(TarEntryFormat.Ustar, ("a", "old"), ("a", "new")));
        Assert.Equal("new", Text(files, "a"));
    }

    [Fact]
    public void Open_Truncated_Refused()
    {
        byte[] tar = Tar(TarEntryFormat.Ustar, ("a", new string('x', 5000)));
        Refused(tar[..2000], "the archive is truncated: an entry at byte 0 needs 3512 bytes more");
    }

    [Theory]
    [InlineData("not a tar at all, but longer than nothing", "not a tar archive")]
    [InlineData("", "not a tar archive")]
    public void Open_NoTar_Refused(string content, string problem)
    {
        Refused(Encoding.ASCII.GetBytes(content), problem);
        if (content.Length > 0)
        {
            Refused(Encoding.ASCII.GetBytes(content.PadRight(2000, '.')), problem);
        }
    }

    [Fact]
    public void Open_Compressed_SaysSo() => Refused(
        [0x1F, 0x8B, .. new byte[1000]], "the archive is compressed: decompress it first");

    [Fact]
    public void Open_DamagedHeader_SaysWhere()
    {
        byte[] tar = Tar(TarEntryFormat.Ustar, ("a", "1"), ("b", "2"));
        tar[1024] ^= 1;
        Refused(tar, "the archive is damaged at byte 1024: a header's checksum is wrong");
    }

    [Fact]
    public void Open_SizeBeyondTheFile_Refused()
    {
        byte[] tar = Tar(TarEntryFormat.Ustar, ("a", "1"));
        "77777777777\0"u8.CopyTo(tar.AsSpan(124));
        Seal(tar);
        Refused(tar, "the archive is truncated");
    }

    [Fact]
    public void Open_BinarySizeThatOverflows_Refused()
    {
        byte[] tar = Tar(TarEntryFormat.Ustar, ("a", "1"));
        tar.AsSpan(124, 12).Fill(0xFF);
        Seal(tar);
        Refused(tar, "the archive has an impossible number in a header");
    }

    [Fact]
    public void Open_GiantExtendedHeader_Refused()
    {
        byte[] tar = new byte[(2 << 20) + 1024];
        Tar(TarEntryFormat.Ustar, ("a", "1")).AsSpan(0, 512).CopyTo(tar);
        tar[156] = (byte)'x';
        "00010000000\0"u8.CopyTo(tar.AsSpan(124));
        Seal(tar);
        Refused(tar, "the archive has an extended header of more than 1 MiB");
    }

    [Theory]
    [InlineData("5 a=b\n")]
    [InlineData("99 path=b\n")]
    [InlineData("x path=b\n")]
    [InlineData("9 path b\n")]
    [InlineData("13 size=12x4\n")]
    public void Open_MalformedPax_Refused(string record)
    {
        byte[] tar = [.. Tar(TarEntryFormat.Ustar, ("a", record)).AsSpan(0, 1024), .. Tar(TarEntryFormat.Ustar, ("b", "1"))];
        tar[156] = (byte)'x';
        Seal(tar);
        Refused(tar, "the archive has a malformed PAX header");
    }

    [Fact]
    public void Open_WhatIsNoFile_SaysSo()
    {
        Assert.Equal("it: no such file", Assert.Throws<ImageNotFoundException>(() => new TarFiles("/nonexistent", "it")).Message);
        Assert.Equal(
            "it: is a directory, not an archive",
            Assert.Throws<ImageNotFoundException>(() => new TarFiles(_state.Path, "it")).Message);
        Assert.Equal(
            "it: is not a regular file",
            Assert.Throws<ImageNotFoundException>(() => new TarFiles("/dev/null", "it")).Message);
    }

    [Fact]
    public void TryRead_OverTheLimit_Refused()
    {
        using TarFiles files = Open(Tar(TarEntryFormat.Ustar, ("a", new string('x', (1 << 20) + 1))));
        Assert.Equal(
            "it: a is larger than 1 MiB",
            Assert.Throws<CorruptContentException>(() => files.TryRead("a", 1 << 20)).Message);
    }

    private static string Text(TarFiles files, string name)
    {
        using StreamReader reader = new(files.Open(name));
        return reader.ReadToEnd();
    }

    private static byte[] Tar(TarEntryFormat format, params IEnumerable<(string Name, string Content)> entries)
    {
        using MemoryStream memory = new();
        using (TarWriter tar = new(memory, format, leaveOpen: true))
        {
            foreach ((string name, string content) in entries)
            {
                TarEntry entry = format switch
                {
                    TarEntryFormat.V7 => new V7TarEntry(TarEntryType.V7RegularFile, name),
                    TarEntryFormat.Ustar => new UstarTarEntry(TarEntryType.RegularFile, name),
                    TarEntryFormat.Pax => new PaxTarEntry(TarEntryType.RegularFile, name),
                    _ => new GnuTarEntry(TarEntryType.RegularFile, name),
                };
                entry.DataStream = new MemoryStream(Encoding.ASCII.GetBytes(content));
                tar.WriteEntry(entry);
            }
        }

        return memory.ToArray();
    }

    private static byte[] TarOf(params TarEntry[] entries)
    {
        using MemoryStream memory = new();
        using (TarWriter tar = new(memory, TarEntryFormat.Pax, leaveOpen: true))
        {
            Array.ForEach(entries, tar.WriteEntry);
        }

        return memory.ToArray();
    }

    /// <summary>Makes the first header's checksum right again.</summary>
    private static void Seal(byte[] tar)
    {
        tar.AsSpan(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte b in tar.AsSpan(0, 512))
        {
            sum += b;
        }

        Encoding.ASCII.GetBytes(Convert.ToString(sum, 8).PadLeft(6, '0') + "\0 ").CopyTo(tar, 148);
    }

    private TarFiles Open(byte[] tar)
    {
        string path = _state.File("archive.tar");
        File.WriteAllBytes(path, tar);
        return new TarFiles(path, "it");
    }

    private void Refused(byte[] tar, string problem) => Assert.StartsWith(
        "it: " + problem,
        Assert.Throws<CorruptContentException>(() => Open(tar).Dispose()).Message,
        StringComparison.Ordinal);
}
