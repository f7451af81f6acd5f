using System;
using System.IO;
using System.Linq;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;

namespace FastRun.Layers.Tests.Pipeline.Compression;

public sealed class BlockCompressorTests
{
    [Theory]
    [InlineData("gzip", 0)]
    [InlineData("gzip", 1)]
    [InlineData("gzip", BlockCompressor.BlockSize)]
    [InlineData("gzip:1", (BlockCompressor.BlockSize * 9) + 12345)]
    [InlineData("gzip:9", (BlockCompressor.BlockSize * 2) - 1)]
    [InlineData("zstd", 0)]
    [InlineData("zstd", 1)]
    [InlineData("zstd", BlockCompressor.BlockSize)]
    [InlineData("zstd:1", (BlockCompressor.BlockSize * 9) + 12345)]
    [InlineData("zstd:19", (BlockCompressor.BlockSize * 2) - 1)]
    public void Read_ReadByItsOwnTool_GivesTheContent(string form, int length)
    {
        byte[] content = Content(length);
        byte[] blob = Compress(content, form);

        using TemporaryState state = new();
        File.WriteAllBytes(state.File("blob"), blob);
        string tool = form.StartsWith("zstd", StringComparison.Ordinal) ? "zstd" : "gzip";
        TestCommand.Run("sh", "-c", $"{tool} -dc < {state.File("blob")} > {state.File("content")}");

        Assert.Equal(content, File.ReadAllBytes(state.File("content")));
        Assert.True(length < BlockCompressor.BlockSize || blob.Length < length * 2 / 3);
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void Read_OurOwnDecoder_GivesTheContent(string form)
    {
        byte[] content = Content(3_000_000);
        using LayerBuffers buffers = new();
        using TarBlocks blocks = new(Decompression.Open(new MemoryStream(Compress(content, form))), readers: 1, buffers);
        MemoryStream all = new();
        ReadOnlyMemory<byte> block;
        for (int number = 0; !(block = blocks.Next(0, number)).IsEmpty; number++)
        {
            all.Write(block.Span);
        }

        Assert.Equal(content, all.ToArray());
    }

    [Theory]
    [InlineData("gzip")]
    [InlineData("zstd")]
    public void Read_Again_GivesTheSameBytes(string form)
    {
        byte[] content = Content(5_000_000);
        Assert.Equal(Compress(content, form), Compress(content, form));
    }

    [Fact]
    public void Read_GzipOfBytesThatDoNotShrink_IsOneMember()
    {
        byte[] content = new byte[2_500_000];
        new Random(7).NextBytes(content);
        byte[] blob = Compress(content, "gzip");
        Assert.Equal([0x1F, 0x8B, 8, 0, 0, 0, 0, 0], blob[..8]);
        Assert.Equal((uint)content.Length, BitConverter.ToUInt32(blob, blob.Length - 4));
        Assert.True(blob.Length < content.Length + (content.Length / 1000));
    }

    [Fact]
    public void Read_SourceFails_PassesThatBehindWhatCameBefore()
    {
        using BlockCompressor compressor = new(new FailingStream(BlockCompressor.BlockSize * 3), LayerCompression.Default);
        Assert.Throws<InvalidDataException>(() => compressor.CopyTo(Stream.Null));
    }

    [Fact]
    public void Dispose_InTheMiddle_DisposesTheSource()
    {
        FailingStream source = new(long.MaxValue);
        BlockCompressor compressor = new(source, LayerCompression.Default);
        Assert.Equal(0x1F, compressor.ReadByte());
        compressor.Dispose();
        compressor.Dispose();
        Assert.True(source.IsDisposed);
    }

    [Theory]
    [InlineData("gzip", "gzip:3")]
    [InlineData("gzip:1", "gzip:1")]
    [InlineData("zstd", "zstd:3")]
    [InlineData("zstd:19", "zstd:19")]
    [InlineData("zstd:20", null)]
    [InlineData("gzip:0", null)]
    [InlineData("gzip:10", null)]
    [InlineData("gzip:", null)]
    [InlineData("gzip:-1", null)]
    [InlineData("bzip2", null)]
    [InlineData("", null)]
    public void TryParse_Word_IsOneOrNone(string text, string? expected) =>
        Assert.Equal(expected, LayerCompression.TryParse(text)?.ToString());

    private static byte[] Compress(byte[] content, string form)
    {
        using BlockCompressor compressor = new(new MemoryStream(content), LayerCompression.TryParse(form)!);
        MemoryStream blob = new();
        compressor.CopyTo(blob);
        return blob.ToArray();
    }

    /// <summary>Text that shrinks, and differs from block to block.</summary>
    private static byte[] Content(int length)
    {
        byte[] content = new byte[length];
        Random random = new(length);
        byte[] words = [.. Enumerable.Range(0, 4096).Select(_ => (byte)random.Next('a', 'z'))];
        for (int i = 0; i < length; i += 16)
        {
            int from = random.Next(words.Length - 16);
            words.AsSpan(from, Math.Min(16, length - i)).CopyTo(content.AsSpan(i));
        }

        return content;
    }

    private sealed class FailingStream(long failAfter) : MemoryStream
    {
        private long _given;

        internal bool IsDisposed { get; private set; }

        public override int Read(Span<byte> buffer)
        {
            if (_given >= failAfter)
            {
                throw new InvalidDataException();
            }

            int count = (int)Math.Min(buffer.Length, failAfter - _given);
            buffer[..count].Clear();
            _given += count;
            return count;
        }

        protected override void Dispose(bool disposing)
        {
            IsDisposed = true;
            base.Dispose(disposing);
        }
    }
}
