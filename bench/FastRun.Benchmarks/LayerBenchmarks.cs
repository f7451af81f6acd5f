using System;
using System.Formats.Tar;
using System.IO;
using System.IO.Compression;
using System.Security.Cryptography;
using BenchmarkDotNet.Attributes;
using FastRun.Layers;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Tar;
using TarReader = FastRun.Layers.Pipeline.Tar.TarReader;

namespace FastRun.Benchmarks;

/// <summary>What a layer goes through on its way to files, one stage at a time; 64 MiB of a source tree's kind of content.</summary>
public class LayerBenchmarks
{
    private const int Files = 4096;

    private byte[] _tar = [];
    private byte[] _gzip = [];
    private byte[] _zstd = [];

    [GlobalSetup]
    public void MakeLayer()
    {
        using MemoryStream tar = new();
        using (TarWriter writer = new(tar, TarEntryFormat.Pax, leaveOpen: true))
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
    public byte[] Sha256() => SHA256.HashData(_tar);

    [Benchmark]
    public long Inflate() => Drain(Decompression.Open(new MemoryStream(_gzip)));

    [Benchmark]
    public long Zstandard() => Drain(Decompression.Open(new MemoryStream(_zstd)));

    /// <summary>Every header and all padding, with the diffID's hash and the tar-index; contents are passed over.</summary>
    [Benchmark]
    public int ReadTar()
    {
        using TarInput input = new(new MemoryStream(_tar), new UnpackAllowance(long.MaxValue), HashAlgorithmName.SHA256);
        using TarIndexWriter index = new(Stream.Null);
        TarReader reader = new(input, index, new LayerLimits());
        int entries = 0;
        while (reader.ReadNext() is not null)
        {
            entries++;
        }

        return entries;
    }

    private static long Drain(Stream stream)
    {
        using (stream)
        {
            byte[] buffer = new byte[256 * 1024];
            long total = 0;
            int count;
            while ((count = stream.Read(buffer)) > 0)
            {
                total += count;
            }

            return total;
        }
    }
}
