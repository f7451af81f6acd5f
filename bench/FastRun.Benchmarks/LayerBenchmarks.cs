using System;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using FastRun.Layers;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Pipeline.Tar;
using FastRun.Layers.Snapshots;
using TarReader = FastRun.Layers.Pipeline.Tar.TarReader;

namespace FastRun.Benchmarks;

/// <summary>What a layer goes through on its way to files, one stage at a time; 64 MiB of a source tree's kind of content.</summary>
[MemoryDiagnoser]
public class LayerBenchmarks
{
    private const int Files = 4096;

    private static readonly LayerBuffers s_buffers = new();

    private byte[] _tar = [];
    private byte[] _gzip = [];
    private byte[] _zstd = [];

    [GlobalSetup]
    public void MakeLayer()
    {
        using MemoryStream tar = new();
        using (System.Formats.Tar.TarWriter writer = new(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            Random random = new(1);
            byte[] content = new byte[16 * 1024];
            for (int file = 0; file < Files; file++)
            {
                // Letters of a small alphabet: deflate gets it to a third, as it does with programs and text.
                for (int i = 0; i < content.Length; i++)
                {
                    content[i] = (byte)('a' + (random.Next(256) & random.Next(256) & 7));
                }

                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"usr/share/d{file % 64}/f{file}") { DataStream = new MemoryStream(content) });
            }
        }

        _tar = tar.ToArray();
        using MemoryStream gzip = new();
        using (GZipStream stream = new(gzip, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(_tar);
        }

        _gzip = gzip.ToArray();
        using MemoryStream zstd = new();
        using (ZstdWriteStream stream = new(zstd, 3))
        {
            stream.Write(_tar);
            stream.Complete();
            _zstd = zstd.ToArray();
        }
    }

    [Benchmark]
    public byte[] Digest() => SHA256.HashData(_tar);

    [Benchmark]
    public long Gzip() => Drain(Decompression.Open(new MemoryStream(_gzip), s_buffers));

    /// <summary>The zlib-ng of .NET, to compare.</summary>
    [Benchmark]
    public long GzipOfZlib() =>
        Drain(new StreamLayerDecoder(new GZipStream(new MemoryStream(_gzip), CompressionMode.Decompress)));

    [Benchmark]
    public long Zstandard() => Drain(Decompression.Open(new MemoryStream(_zstd), s_buffers));

    /// <summary>Every header and all padding, with the diffID's hash beside and the tar-index; contents are passed over.</summary>
    [Benchmark]
    public int ReadTar()
    {
        using TarInput input = new(
            new StreamLayerDecoder(new MemoryStream(_tar)), new UnpackAllowance(long.MaxValue), HashAlgorithmName.SHA256, s_buffers);
        using TarIndexWriter index = new(Stream.Null);
        TarReader reader = new(input, index, new LayerLimits());
        int entries = 0;
        while (reader.ReadNext() is not null)
        {
            entries++;
        }

        return entries;
    }

    /// <summary>All stages, from the blob in memory to files on a tmpfs.</summary>
    [Benchmark]
    public int Write()
    {
        string root = $"/dev/shm/fastrun-bench-{Environment.ProcessId}";
        try
        {
            LayerPipeline pipeline = new(new LayerStore(new StateLayout(root + "/data", root + "/run")));
            return pipeline.Assemble([new MemoryLayer(_gzip, _tar)]).Count;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    private static long Drain(LayerDecoder decoder)
    {
        using (decoder)
        {
            // As in the pipeline: each block begins with the end of the one before.
            byte[] block = new byte[LayerBuffers.BlockSize];
            int history = 0;
            long total = 0;
            int count;
            while ((count = decoder.Read(block, history)) > 0)
            {
                total += count;
                int kept = Math.Min(history + count, decoder.HistorySize);
                block.AsSpan(history + count - kept, kept).CopyTo(block);
                history = kept;
            }

            return total;
        }
    }

    private sealed class MemoryLayer(byte[] blob, byte[] tar) : LayerSource
    {
        public override string MediaType => "application/vnd.oci.image.layer.v1.tar+gzip";

        public override Digest Digest { get; } = Layers.Oci.Digest.FromSha256(SHA256.HashData(blob));

        public override long Size => blob.Length;

        public override Digest DiffId { get; } = Layers.Oci.Digest.FromSha256(SHA256.HashData(tar));

        public override Stream Open() => new MemoryStream(blob, writable: false);
    }
}
