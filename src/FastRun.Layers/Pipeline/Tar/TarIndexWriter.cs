using System;
using System.Buffers;
using System.IO;
using FastRun.Layers.Pipeline.Compression;

namespace FastRun.Layers.Pipeline.Tar;

/// <summary>
/// Writes a layer's tar-index: everything of its tar that its tree cannot give back. After the magic, one Zstandard frame of
/// segments: a varint <c>length &lt;&lt; 1</c> with that many bytes as they stand in the tar, or <c>size &lt;&lt; 1 | 1</c>
/// with the varint length and bytes of the path whose first <c>size</c> bytes come next. A zero ends it.
/// </summary>
internal sealed class TarIndexWriter : IDisposable
{
    internal const int BufferSize = 64 * 1024;
    internal const int VarintSize = 10;

    private const int CompressionLevel = 1;

    private readonly ZstdWriteStream _output;
    private byte[] _raw = ArrayPool<byte>.Shared.Rent(BufferSize);
    private int _rawLength;

    /// <summary>Begins an index. Owns the stream.</summary>
    internal TarIndexWriter(Stream target)
    {
        target.Write(Magic);
        _output = new ZstdWriteStream(target, CompressionLevel);
    }

    /// <summary>Names the format and its version.</summary>
    internal static ReadOnlySpan<byte> Magic => "frtarix1"u8;

    /// <summary>How many files' contents it refers to.</summary>
    internal int Files { get; private set; }

    /// <summary>Bytes as they stand in the tar.</summary>
    internal void AppendRaw(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            int count = Math.Min(bytes.Length, BufferSize - _rawLength);
            bytes[..count].CopyTo(_raw.AsSpan(_rawLength));
            _rawLength += count;
            bytes = bytes[count..];
            if (_rawLength == BufferSize)
            {
                FlushRaw();
            }
        }
    }

    /// <summary>The content of a file of the tree.</summary>
    internal void AppendFile(ReadOnlySpan<byte> path, long size)
    {
        FlushRaw();
        WriteVarint(((ulong)size << 1) | 1);
        WriteVarint((ulong)path.Length);
        _output.Write(path);
        Files++;
    }

    /// <summary>Ends the index.</summary>
    internal void Complete()
    {
        FlushRaw();
        WriteVarint(0);
        _output.Complete();
    }

    public void Dispose()
    {
        _output.Dispose();
        if (_raw.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_raw);
            _raw = [];
        }
    }

    private void FlushRaw()
    {
        if (_rawLength > 0)
        {
            WriteVarint((ulong)_rawLength << 1);
            _output.Write(_raw.AsSpan(0, _rawLength));
            _rawLength = 0;
        }
    }

    private void WriteVarint(ulong value)
    {
        Span<byte> bytes = stackalloc byte[VarintSize];
        int length = 0;
        while (value >= 0x80)
        {
            bytes[length++] = (byte)(value | 0x80);
            value >>= 7;
        }

        bytes[length++] = (byte)value;
        _output.Write(bytes[..length]);
    }
}
