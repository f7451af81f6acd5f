using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Pipeline.Tar;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Pipeline.Tar;

public sealed class TarWriterTests
{
    private static readonly FileTime s_time = new(1_600_000_000, 0);

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(101)]
    [InlineData(255)]
    [InlineData(256)]
    [InlineData(3000)]
    public void Add_NamesOfAnyLength_AreReadBack(int length)
    {
        byte[] name = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("0123456789abcdef/", 200))[..(length - 1)] + "x");
        byte[] plain = Encoding.ASCII.GetBytes(new string('p', length));
        TreeEntry[] entries =
        [
            Entry(name, EntryType.SymbolicLink) with { LinkName = plain },
            Entry([.. name, (byte)'/'], EntryType.Directory),
            Entry(plain, EntryType.HardLink) with { LinkName = name },
        ];
        Assert.Equal(entries.Select(Describe), Read(Write(entries)).Select(Describe));
    }

    [Fact]
    public void Add_ValuesThatUstarCannotHold_AreReadBack()
    {
        TreeEntry entry = Entry("file"u8.ToArray(), EntryType.Fifo) with
        {
            Permissions = 0xFFF,
            Uid = 4_000_000_000,
            Gid = 2_097_152,
            Modified = new FileTime(-5, 0),
            Attributes = [new ExtendedAttribute("user.bytes", [0, (byte)'\n', (byte)'=', 255]), new ExtendedAttribute("security.capability", new byte[20])],
        };
        TreeEntry read = Assert.Single(Read(Write([entry])));
        Assert.Equal(Describe(entry), Describe(read));
        Assert.Equal(
            entry.Attributes.Select(attribute => attribute.Name + Convert.ToHexString(attribute.Value)),
            read.Attributes.Select(attribute => attribute.Name + Convert.ToHexString(attribute.Value)));
    }

    [Fact]
    public void Add_WhatGnuTarReads_IsWhatWasWritten()
    {
        using TemporaryState state = new();
        string content = Path.Combine(state.Path, "content");
        File.WriteAllBytes(content, new byte[1000]);
        string tar = Path.Combine(state.Path, "it.tar");
        using (Fd file = FileAt.Open(null, content, OpenFlags.Read))
        {
            File.WriteAllBytes(tar, Write(
                [
                    Entry("dir/"u8.ToArray(), EntryType.Directory) with { Permissions = 0x1ED },
                    Entry("dir/file"u8.ToArray(), EntryType.File) with { Size = 1000, Permissions = 0x9E9, Uid = 12, Gid = 34 },
                    Entry("dir/null"u8.ToArray(), EntryType.CharacterDevice) with { Node = new DeviceNumber(1, 3) },
                    Entry("dir/disk"u8.ToArray(), EntryType.BlockDevice) with { Node = new DeviceNumber(259, 300) },
                ],
                file));
        }

        string listing = Path.Combine(state.Path, "listing");
        TestCommand.Run("sh", "-c", $"TZ=UTC tar --numeric-owner -tvf {tar} > {listing}");
        Assert.Equal(
            [
                "drwxr-xr-x 0/0 0 2020-09-13 12:26 dir/", "-rwsr-x--x 12/34 1000 2020-09-13 12:26 dir/file",
                "crw-r--r-- 0/0 1,3 2020-09-13 12:26 dir/null", "brw-r--r-- 0/0 259,300 2020-09-13 12:26 dir/disk",
            ],
            File.ReadAllLines(listing).Select(line => string.Join(' ', line.Split(' ', StringSplitOptions.RemoveEmptyEntries))));
        Assert.Equal(0, new FileInfo(tar).Length % 512);
    }

    [Fact]
    public void Add_AFileThatBecameShorter_IsAnError()
    {
        using TemporaryState state = new();
        string content = Path.Combine(state.Path, "content");
        File.WriteAllText(content, "short");
        using Fd file = FileAt.Open(null, content, OpenFlags.Read);
        LayerException exception = Assert.Throws<LayerException>(() => Write([Entry("f"u8.ToArray(), EntryType.File) with { Size = 100 }], file));
        Assert.Equal("f: it became shorter while it was read", exception.Message);
    }

    private static TreeEntry Entry(byte[] name, EntryType type) =>
        new() { Name = name, Type = type, Permissions = 0x1A4, Modified = s_time };

    private static string Describe(TreeEntry entry) =>
        $"{Encoding.UTF8.GetString(entry.Name)} {entry.Type} {Encoding.UTF8.GetString(entry.LinkName)} {entry.Permissions} {entry.Uid} {entry.Gid} {entry.Size} {entry.Modified}";

    private static byte[] Write(IEnumerable<TreeEntry> entries, Fd? content = null)
    {
        using MemoryStream tar = new();
        TarWriter writer = new(tar);
        foreach (TreeEntry entry in entries)
        {
            writer.Add(entry, entry.Size > 0 ? content : null);
        }

        writer.Complete();
        return tar.ToArray();
    }

    private static List<TreeEntry> Read(byte[] tar)
    {
        using LayerBuffers buffers = new();
        using TarInput input = new(new StreamLayerDecoder(new MemoryStream(tar)), new UnpackAllowance(long.MaxValue), algorithm: null, buffers);
        TarReader reader = new(input, index: null, new LayerLimits());
        List<TreeEntry> entries = [];
        while (reader.TryReadNext(out LayerEntry entry))
        {
            entries.Add(TreeEntry.Of(in entry));
        }

        return entries;
    }
}
