using System;
using System.IO;
using FastRun.Layers.Pipeline;

namespace FastRun.Layers.Tests.Pipeline;

public sealed class ReadAheadTests
{
    [Fact]
    public void Next_ManyBlocks_GivesEveryByteInOrder()
    {
        byte[] content = new byte[3_000_001];
        new Random(1).NextBytes(content);
        using ReadAhead blocks = new(new MemoryStream(content));
        MemoryStream read = new();
        ReadOnlyMemory<byte> block;
        while (!(block = blocks.Next()).IsEmpty)
        {
            read.Write(block.Span);
        }

        Assert.Equal(content, read.ToArray());
        Assert.True(blocks.Next().IsEmpty);
    }

    [Fact]
    public void Next_SourceFails_ThrowsBehindWhatCameBefore()
    {
        using ReadAhead blocks = new(new EndlessStream(failAfter: 1 << 20));
        long length = 0;
        while (length < 1 << 20)
        {
            length += blocks.Next().Length;
        }

        Assert.Throws<InvalidDataException>(() => blocks.Next());
    }

    [Fact]
    public void Dispose_SourceNeverEnds_Returns()
    {
        ReadAhead blocks = new(new EndlessStream(failAfter: long.MaxValue));
        Assert.False(blocks.Next().IsEmpty);
        blocks.Dispose();
    }

    private sealed class EndlessStream(long failAfter) : ReadOnlyStream
    {
        private long _given;

        public override int Read(Span<byte> buffer)
        {
            if (_given >= failAfter)
            {
                throw new InvalidDataException();
            }

            int count = (int)Math.Min(buffer.Length, failAfter - _given);
            _given += count;
            return count;
        }
    }
}
