using System;
using System.IO;
using System.Threading.Tasks;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;

namespace FastRun.Layers.Tests.Pipeline;

public sealed class TarBlocksTests : IDisposable
{
    private readonly LayerBuffers _buffers = new();

    public void Dispose() => _buffers.Dispose();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Next_TwoReaders_EachGetsEveryByteInOrder(bool gzip)
    {
        byte[] content = new byte[5_000_001];
        new Random(1).NextBytes(content);
        byte[] blob = gzip ? MemoryLayer.Compress(content) : content;
        using TarBlocks blocks = new(Decompression.Open(new MemoryStream(blob)), readers: 2, _buffers);

        byte[][] read = await Task.WhenAll(
            Task.Run(() => ReadAll(blocks, 0)), Task.Run(() => ReadAll(blocks, 1)));

        Assert.Equal(content, read[0]);
        Assert.Equal(content, read[1]);
        Assert.True(blocks.Next(0, 1000).IsEmpty);
    }

    [Fact]
    public void Next_SourceFails_ThrowsBehindWhatCameBefore()
    {
        using TarBlocks blocks = Open(failAfter: 1 << 20);
        long length = 0;
        int number = 0;
        while (length < 1 << 20)
        {
            length += blocks.Next(0, number++).Length;
        }

        Assert.Throws<InvalidDataException>(() => blocks.Next(0, number));
    }

    [Fact]
    public void Dispose_SourceNeverEnds_Returns()
    {
        TarBlocks blocks = Open(failAfter: long.MaxValue);
        Assert.False(blocks.Next(0, 0).IsEmpty);
        blocks.Dispose();
    }

    [Fact]
    public async Task Stop_ReaderWaits_EndsForIt()
    {
        // The first reader takes nothing, so the second comes to a block that is never made.
        using TarBlocks blocks = new(
            new StreamLayerDecoder(new EndlessStream(long.MaxValue)), readers: 2, _buffers);
        Task<byte[]> reading = Task.Run(() => ReadAll(blocks, 1));
        blocks.Stop();
        await reading.WaitAsync(TimeSpan.FromMinutes(2));
    }

    [Fact]
    public void Leave_OtherReader_GoesOn()
    {
        using TarBlocks blocks = new(new StreamLayerDecoder(new MemoryStream(new byte[5_000_000])), readers: 2, _buffers);
        blocks.Leave(0);
        Assert.Equal(5_000_000, ReadAll(blocks, 1).Length);
    }

    private TarBlocks Open(long failAfter) => new(new StreamLayerDecoder(new EndlessStream(failAfter)), readers: 1, _buffers);

    private static byte[] ReadAll(TarBlocks blocks, int reader)
    {
        MemoryStream read = new();
        ReadOnlyMemory<byte> block;
        for (int number = 0; !(block = blocks.Next(reader, number)).IsEmpty; number++)
        {
            read.Write(block.Span);
        }

        return read.ToArray();
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
