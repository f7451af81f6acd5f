using System;
using System.IO;
using System.IO.Compression;
using System.Security.Cryptography;
using FastRun.Layers;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.Fuzz.Targets;

/// <summary>gzip members and Zstandard frames, damaged: refused, or decompressed to the tar that has the diffID.</summary>
internal sealed class FrameTarget : FuzzTarget
{
    private static readonly byte[] s_tar = new TarBuilder().Directory("d/").File("d/f", new string('x', 3000)).File("g", "yz").End();
    private static readonly Digest s_diffId = Digest.FromSha256(SHA256.HashData(s_tar));

    internal override string Name => "frame";

    internal override byte[] Generate(Random random)
    {
        int cut = random.Next(s_tar.Length);
        bool zstd = random.Next(2) == 0;
        byte[] blob = random.Next(3) switch
        {
            0 => Compress(s_tar, zstd),
            1 => [.. Compress(s_tar[..cut], zstd), .. Compress(s_tar[cut..], zstd)],
            _ => zstd
                ? [0x50, 0x2A, 0x4D, 0x18, 3, 0, 0, 0, 1, 2, 3, .. Compress(s_tar, zstd)]
                : [.. Compress(s_tar, zstd), .. new byte[random.Next(20)]],
        };
        return random.Next(10) == 0 ? blob : Mutation.Bytes(random, blob);
    }

    internal override bool Run(byte[] input)
    {
        using FuzzState state = new();
        bool accepted = state.Assemble([new MemoryBlob(input, s_diffId)], out _, out LayerException? refusal) is not null;
        state.Check();
        if (!accepted)
        {
            CheckMessage(refusal!);
        }

        return accepted;
    }

    private static byte[] Compress(byte[] content, bool zstd)
    {
        MemoryStream blob = new();
        if (zstd)
        {
            using ZstdWriteStream stream = new(blob, 3);
            stream.Write(content);
            stream.Complete();
        }
        else
        {
            using GZipStream stream = new(blob, CompressionMode.Compress);
            stream.Write(content);
        }

        return blob.ToArray();
    }
}
