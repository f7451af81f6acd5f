using System;
using System.Security.Cryptography;
using FastRun.Layers.Archives;

namespace FastRun.Layers.Tests.Archives;

public sealed class BlockHashTests
{
    // Around its blocks of 256 KiB, of which eight go round.
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData((256 << 10) - 1)]
    [InlineData(256 << 10)]
    [InlineData((256 << 10) + 1)]
    [InlineData(8 * (256 << 10))]
    [InlineData((40 * (256 << 10)) + 17)]
    public void Finish_WhateverCameHowever_IsTheHashOfIt(int length)
    {
        byte[] bytes = new byte[length];
        new Random(length).NextBytes(bytes);
        foreach (int piece in (int[])[1000, 65_536, int.MaxValue])
        {
            using BlockHash hash = new();
            for (int at = 0; at < length;)
            {
                int count = Math.Min(piece, length - at);
                hash.Append(bytes.AsSpan(at, count));
                at += count;
            }

            Assert.Equal(length, hash.Length);
            Assert.Equal(SHA256.HashData(bytes), hash.Finish());
        }
    }

    [Fact]
    public void Advance_WhatWasPutThere_Counts()
    {
        byte[] bytes = new byte[700_000];
        new Random(1).NextBytes(bytes);
        using BlockHash hash = new();
        int at = 0;
        while (at < bytes.Length)
        {
            Span<byte> free = hash.Free();
            Assert.False(free.IsEmpty);
            int count = Math.Min(Math.Min(free.Length, 100_000), bytes.Length - at);
            bytes.AsSpan(at, count).CopyTo(free);
            hash.Advance(count);
            at += count;
        }

        Assert.Equal(SHA256.HashData(bytes), hash.Finish());
    }

    [Fact]
    public void Dispose_BeforeTheEnd_LeavesNoThread()
    {
        BlockHash hash = new();
        hash.Append(new byte[1_000_000]);
        hash.Dispose();
        hash.Dispose();
    }
}
