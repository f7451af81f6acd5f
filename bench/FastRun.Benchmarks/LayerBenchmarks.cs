using System;
using System.Collections.Generic;
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
    private const int Directories = 64;

    private static readonly LayerBuffers s_buffers = new();

    private readonly byte[] _block = new byte[LayerBuffers.BlockSize];
    private readonly string _root = $"/dev/shm/fastrun-bench-{Environment.ProcessId}";
    private byte[] _tar = [];
    private byte[] _gzip = [];
    private byte[] _zstd = [];
    private MemoryLayer _layer = null!;
    private MemoryLayer _scattered = null!;

    [GlobalSetup]
    public void MakeLayers()
    {
        // As tar walks a tree: a directory, then what is in it.
        _tar = MakeTar(static file => file / (Files / Directories));
        _gzip = Compress(_tar);
        _layer = new MemoryLayer(_gzip, _tar);
        byte[] scattered = MakeTar(static file => file % Directories);
        _scattered = new MemoryLayer(Compress(scattered), scattered);
        using MemoryStream zstd = new();
        using ZstdWriteStream stream = new(zstd, 3);
        stream.Write(_tar);
        stream.Complete();
        _zstd = zstd.ToArray();
    }

    private static byte[] MakeTar(Func<int, int> directoryOf)
    {
        using MemoryStream tar = new();
        using (System.Formats.Tar.TarWriter writer = new(tar, TarEntryFormat.Pax, leaveOpen: true))
        {
            Random random = new(1);
            byte[] content = new byte[16 * 1024];
            HashSet<int> made = [];
            for (int file = 0; file < Files; file++)
            {
                // Letters of a small alphabet: deflate gets it to a third, as it does with programs and text.
                for (int i = 0; i < content.Length; i++)
                {
                    content[i] = (byte)('a' + (random.Next(256) & random.Next(256) & 7));
                }

                int directory = directoryOf(file);
                if (made.Add(directory))
                {
                    writer.WriteEntry(new PaxTarEntry(TarEntryType.Directory, $"usr/share/d{directory}/"));
                }

                writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, $"usr/share/d{directory}/f{file}") { DataStream = new MemoryStream(content) });
            }
        }

        return tar.ToArray();
    }

    private static byte[] Compress(byte[] tar)
    {
        using MemoryStream gzip = new();
        using (GZipStream stream = new(gzip, CompressionLevel.Optimal, leaveOpen: true))
        {
            stream.Write(tar);
        }

        return gzip.ToArray();
    }

    [IterationCleanup(Targets = [nameof(Write), nameof(WriteScattered)])]
    public void RemoveFiles() => Directory.Delete(_root, recursive: true);

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
        while (reader.TryReadNext(out _))
        {
            entries++;
        }

        return entries;
    }

    /// <summary>All stages, from the blob in memory to files on a tmpfs, which are removed outside of the measurement.</summary>
    [Benchmark]
    public int Write() => Write(_layer);

    /// <summary>The worst order: each file in another directory than the one before, and more directories than are kept open.</summary>
    [Benchmark]
    public int WriteScattered() => Write(_scattered);

    private int Write(MemoryLayer layer)
    {
        LayerPipeline pipeline = new(new LayerStore(new StateLayout(_root + "/data", _root + "/run")));
        return pipeline.Assemble([layer]).Count;
    }

    private long Drain(LayerDecoder decoder)
    {
        using (decoder)
        {
            // As in the pipeline: each block begins with the end of the one before.
            byte[] block = _block;
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
