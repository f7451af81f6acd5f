using System;
using System.Collections.Generic;
using System.IO;
using System.IO.Compression;
using System.Linq;
using System.Text;
using FastRun.Native.Compression;

namespace FastRun.Native.Tests.Compression;

/// <summary>What zlib-ng compressed must come back, and nothing else may.</summary>
public sealed class GzipDecoderTests
{
    private static readonly byte[] s_text = Encoding.ASCII.GetBytes(
        string.Concat(Enumerable.Range(0, 3000).Select(static i => $"line {i * 7919 % 1009} of the text, ")));

    public static TheoryData<string, int, int> Kinds
    {
        get
        {
            TheoryData<string, int, int> kinds = [];
            foreach (string content in new[] { "empty", "byte", "text", "zeros", "noise", "mixed", "pairs" })
            {
                foreach (int level in new[] { 0, 1, 6, 9 })
                {
                    foreach (ZLibCompressionStrategy strategy in Enum.GetValues<ZLibCompressionStrategy>())
                    {
                        kinds.Add(content, level, (int)strategy);
                    }
                }
            }

            return kinds;
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void Read_WhatZlibCompressed_IsTheSame(string content, int level, int strategy)
    {
        byte[] expected = Content(content);
        byte[] blob = Compress(expected, level, (ZLibCompressionStrategy)strategy);
        Assert.Equal(expected, Decompress(new MemoryStream(blob), 64 * 1024));
        Assert.Equal(expected, Decompress(new MemoryStream(blob), 1000));
    }

    [Fact]
    public void Read_SourceGivesSingleBytes_IsTheSame()
    {
        byte[] expected = [.. s_text, .. Content("noise")];
        Assert.Equal(expected, Decompress(new TrickleStream(Compress(expected)), 4096));
    }

    [Fact]
    public void Read_SeveralMembers_AreOneStream()
    {
        byte[] blob = [.. Compress(s_text), .. Compress([]), .. Compress(Content("zeros")), .. Compress(s_text)];
        Assert.Equal([.. s_text, .. Content("zeros"), .. s_text], Decompress(new TrickleStream(blob), 5000));
    }

    [Fact]
    public void Read_MatchIntoTheMemberBefore_IsDamaged()
    {
        byte[] first = Compress("abcdefgh"u8.ToArray());

        // A block with fixed codes: a match of 3 bytes, 4 back, and the end.
        byte[] second = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 0x03, 0x62, 0x00, 0, 0, 0, 0, 0, 0, 0, 0];
        Assert.Throws<InvalidDataException>(() => Decompress(new MemoryStream([.. first, .. second]), 4096));
    }

    [Fact]
    public void Read_EveryHeaderField_IsPassedOver()
    {
        byte[] plain = Compress(s_text);
        byte[] header = [.. plain[..3], 0x1E, .. plain[4..10], 3, 0, 1, 2, 3, .. "name\0comment\0"u8, 9, 9];
        Assert.Equal(s_text, Decompress(new TrickleStream([.. header, .. plain[10..]]), 4096));
    }

    [Theory]
    [InlineData(2, 9)]
    [InlineData(3, 0x20)]
    [InlineData(0, 0)]
    public void Read_UnknownHeader_IsRefused(int at, byte value)
    {
        byte[] blob = Compress(s_text);
        blob[at] = value;
        Assert.Throws<InvalidDataException>(() => Decompress(new MemoryStream(blob), 4096));
    }

    [Fact]
    public void Read_BytesBehindTheLastMember_ArePassedOver()
    {
        Assert.Equal(s_text, Decompress(new MemoryStream([.. Compress(s_text), .. new byte[100]]), 4096));
        Assert.Equal(s_text, Decompress(new MemoryStream([.. Compress(s_text), 0x1F]), 4096));
        Assert.Equal(s_text, Decompress(new MemoryStream([.. Compress(s_text), .. "garbage"u8]), 4096));
    }

    [Fact]
    public void Read_CutAnywhere_EndsTooEarly()
    {
        foreach (byte[] blob in new[] { Compress(s_text), Compress(s_text[..500], 0), Compress(Content("pairs")) })
        {
            for (int length = 2; length < blob.Length; length += length < blob.Length - 600 ? 13 : 1)
            {
                byte[] cut = blob[..length];
                Assert.Throws<EndOfStreamException>(() => Decompress(new MemoryStream(cut), 4096));
            }
        }
    }

    [Fact]
    public void Read_WrongTrailer_IsDamaged()
    {
        for (int back = 1; back <= 8; back++)
        {
            byte[] blob = Compress(s_text);
            blob[^back] ^= 1;
            Assert.Throws<InvalidDataException>(() => Decompress(new MemoryStream(blob), 4096));
        }
    }

    [Fact]
    public void Read_AnyBitFlipped_IsAcceptedWhereZlibAcceptsIt()
    {
        byte[] content = s_text[..3000];
        byte[] blob = Compress(content);
        for (int bit = 80; bit < blob.Length * 8; bit++)
        {
            byte[] damaged = [.. blob];
            damaged[bit / 8] ^= (byte)(1 << (bit % 8));

            // .NET tells no lack of bytes at the end, so what it gives is compared too.
            bool expected = TryZlib(damaged, out byte[] read) && read.AsSpan().SequenceEqual(content);
            Assert.True(TryDecompress(damaged, out read) == expected, $"bit {bit}");
            Assert.True(!expected || read.AsSpan().SequenceEqual(content), $"bit {bit}");
        }
    }

    [Fact]
    public void Read_Noise_DoesNoMoreThanThrow()
    {
        Random random = new(4);
        for (int round = 0; round < 3000; round++)
        {
            // A last block with fixed or with other codes.
            byte[] noise = new byte[random.Next(1, 400)];
            random.NextBytes(noise);
            noise[0] = (byte)((noise[0] & ~7) | (random.Next(4) == 0 ? 3 : 5));
            byte[] blob = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, .. noise];
            Assert.False(TryDecompress(blob, out _), $"round {round}");
        }
    }

    [Fact]
    public void Read_NotGzip_IsRefused() =>
        Assert.Throws<InvalidDataException>(() => Decompress(new MemoryStream(s_text), 4096));

    private static byte[] Content(string kind)
    {
        byte[] content = new byte[300_000];
        Random random = new(3);
        switch (kind)
        {
            case "empty":
                return [];
            case "byte":
                return [42];
            case "text":
                return s_text;
            case "zeros":
                break;
            case "noise":
                random.NextBytes(content);
                break;
            case "pairs":
                // Short distances, and codes of every length.
                for (int i = 0; i < content.Length; i++)
                {
                    int distance = 1 + (i / 1000 % 40);
                    content[i] = i % 97 < 60 && i >= distance ? content[i - distance] : (byte)(31 - int.LeadingZeroCount(random.Next(1, 1 << 30)));
                }

                break;
            default:
                random.NextBytes(content.AsSpan(0, 100_000));
                content.AsSpan(0, 33_000).CopyTo(content.AsSpan(100_000));
                s_text.CopyTo(content, 140_000);
                break;
        }

        return content;
    }

    private static byte[] Compress(
        byte[] content, int level = 6, ZLibCompressionStrategy strategy = ZLibCompressionStrategy.Default)
    {
        MemoryStream blob = new();
        ZLibCompressionOptions options = new() { CompressionLevel = level, CompressionStrategy = strategy };
        using (GZipStream gzip = new(blob, options, leaveOpen: true))
        {
            gzip.Write(content);
        }

        // .NET writes nothing at all where there is nothing.
        return blob.Length > 0 ? blob.ToArray() : [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0];
    }

    private static bool TryDecompress(byte[] blob, out byte[] content)
    {
        content = [];
        try
        {
            content = Decompress(new MemoryStream(blob), 4096);
            return true;
        }
        catch (Exception exception) when (exception is InvalidDataException or EndOfStreamException)
        {
            return false;
        }
    }

    private static bool TryZlib(byte[] blob, out byte[] content)
    {
        content = [];
        MemoryStream all = new();
        try
        {
            using GZipStream gzip = new(new MemoryStream(blob), CompressionMode.Decompress);
            gzip.CopyTo(all);
            content = all.ToArray();
            return true;
        }
        catch (InvalidDataException)
        {
            return false;
        }
    }

    private static byte[] Decompress(Stream source, int room)
    {
        using GzipDecoder decoder = new(source);
        List<byte> read = [];
        byte[] block = new byte[GzipDecoder.HistorySize + room + GzipDecoder.Slack];
        int history = 0;
        int count;
        while ((count = decoder.Read(block.AsSpan(0, history + room + GzipDecoder.Slack), history)) > 0)
        {
            read.AddRange(block.AsSpan(history, count));
            int kept = Math.Min(history + count, GzipDecoder.HistorySize);
            block.AsSpan(history + count - kept, kept).CopyTo(block);
            history = kept;
        }

        return [.. read];
    }

    private sealed class TrickleStream(byte[] content) : MemoryStream(content, writable: false)
    {
        public override int Read(Span<byte> buffer) => base.Read(buffer[..Math.Min(1, buffer.Length)]);
    }
}
