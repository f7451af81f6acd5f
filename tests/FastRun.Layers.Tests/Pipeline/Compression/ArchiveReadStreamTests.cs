using System;
using System.IO;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Native.Compression;

namespace FastRun.Layers.Tests.Pipeline.Compression;

/// <summary>.xz and .bz2 as Debian's xz and bzip2 write them.</summary>
public sealed class ArchiveReadStreamTests
{
    [Theory]
    [InlineData("xz", 0)]
    [InlineData("xz", 1)]
    [InlineData("xz", 3_000_000)]
    [InlineData("xz --block-size=100000 --check=sha256", 1_000_000)]
    [InlineData("xz --x86 --lzma2=preset=6", 1_000_000)]
    [InlineData("bzip2", 0)]
    [InlineData("bzip2", 1)]
    [InlineData("bzip2", 3_000_000)]
    [InlineData("bzip2 -1", 1_000_000)]
    public void Read_WhatTheToolWrote_GivesTheContent(string tool, int length)
    {
        byte[] content = Content(length);
        Assert.Equal(content, Read(tool, Compress(tool, content)));
    }

    [Theory]
    [InlineData("xz")]
    [InlineData("bzip2")]
    public void Read_SeveralStreams_AreOne(string tool)
    {
        byte[] content = Content(200_000);
        Assert.Equal([.. content, .. content], Read(tool, [.. Compress(tool, content), .. Compress(tool, content)]));
    }

    [Theory]
    [InlineData("xz")]
    [InlineData("bzip2")]
    public void Read_WhatEndsTooSoon_IsRefused(string tool)
    {
        byte[] blob = Compress(tool, Content(50_000));
        for (int length = 0; length < blob.Length; length += 1 + (length / 20))
        {
            Assert.Throws<InvalidDataException>(() => Read(tool, blob[..length]));
        }
    }

    [Theory]
    [InlineData("xz")]
    [InlineData("bzip2")]
    public void Read_WhatIsDamaged_IsRefused(string tool)
    {
        byte[] blob = Compress(tool, Content(50_000));
        for (int at = 0; at < blob.Length; at += 1 + (at / 20))
        {
            byte[] damaged = [.. blob];
            damaged[at] ^= 0x40;
            Assert.Throws<InvalidDataException>(() => Read(tool, damaged));
        }

        Assert.Throws<InvalidDataException>(() => Read(tool, [.. blob, 1, 2, 3, 4]));
    }

    [Fact]
    public void Read_AnXzThatWantsMoreMemoryThanItMayHave_IsRefused()
    {
        // The dictionary's size is one byte behind the filter's id and the length of its properties; 40 means 4 GiB.
        byte[] blob = Compress("xz -0", "x"u8.ToArray());
        int header = 12;
        int size = (blob[header] + 1) * 4;
        int filter = blob.AsSpan(header, size).IndexOf([(byte)0x21, (byte)1]);
        Assert.True(filter > 0);
        blob[header + filter + 2] = 40;
        BitConverter.TryWriteBytes(blob.AsSpan(header + size - 4), Crc32(blob.AsSpan(header, size - 4)));
        Assert.Throws<InvalidDataException>(() => Read("xz", blob));
    }

    private static byte[] Read(string tool, byte[] blob)
    {
        using ArchiveReadStream stream = new(new MemoryStream(blob), tool.StartsWith("xz", StringComparison.Ordinal) ? new XzDecoder() : new Bzip2Decoder());
        MemoryStream all = new();
        stream.CopyTo(all, 10_000);
        return all.ToArray();
    }

    private static byte[] Compress(string tool, byte[] content)
    {
        using TemporaryState state = new();
        File.WriteAllBytes(state.File("content"), content);
        TestCommand.Run("sh", "-c", $"{tool} -c < {state.File("content")} > {state.File("blob")}");
        return File.ReadAllBytes(state.File("blob"));
    }

    private static byte[] Content(int length)
    {
        byte[] content = new byte[length];
        new Random(7).NextBytes(content.AsSpan(0, length / 3));
        for (int i = length / 3; i < length; i++)
        {
            content[i] = (byte)((i / 7) % 50);
        }

        return content;
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int i = 0; i < 8; i++)
            {
                crc = (crc & 1) != 0 ? (crc >> 1) ^ 0xEDB88320 : crc >> 1;
            }
        }

        return ~crc;
    }
}
