using System;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using FastRun.Layers.Archives;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Pipeline.Tar;
using FastRun.Native;
using FastRun.Native.Filesystem;
using Microsoft.Win32.SafeHandles;

namespace FastRun.Layers.Images.Sources;

/// <summary>A layer in a file that nobody has given a digest of: it is read once before it is unpacked. Compressed or not.</summary>
internal sealed class SpooledLayer : LayerSource, IDisposable
{
    private readonly SafeFileHandle _file;

    private SpooledLayer(Fd file, long size, Digest digest, Digest diffId)
    {
        (Size, Digest, DiffId) = (size, digest, diffId);
        _file = new SafeFileHandle(file.Number, ownsHandle: true);
        file.SetHandleAsInvalid();
    }

    public override string MediaType => MediaTypes.OciLayer;

    public override Digest Digest { get; }

    public override long Size { get; }

    public override Digest DiffId { get; }

    public override Stream Open() => new FileSlice(_file, 0, Size);

    public void Dispose() => _file.Dispose();

    /// <summary>Reads a file for its digests.</summary>
    /// <param name="file">A regular file, which stays the caller's.</param>
    /// <param name="subject">What messages call it.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <exception cref="LayerException">It is compressed with what is not supported, is damaged, or too large for its size.</exception>
    internal static SpooledLayer Of(Fd file, string subject, CancellationToken cancellation)
    {
        long size = FileAt.Stat(file).Size;
        using IncrementalHash blob = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        string diffId;
        try
        {
            using LayerBuffers buffers = new();
            using Fd source = ArchiveSpool.Reopen(file);
            using HashedReadStream stream = new(new DescriptorReadStream(source), blob);
            UnpackAllowance allowance = new(new LayerLimits().BytesFor(size));
            using TarInput input = new(
                Decompression.Open(stream, buffers, cancellation), allowance, HashAlgorithmName.SHA256, buffers);
            while (input.Peek() is { IsEmpty: false } bytes)
            {
                cancellation.ThrowIfCancellationRequested();
                input.Advance(bytes.Length);
            }

            diffId = input.FinishHash();
            stream.Drain();
        }
        catch (Exception e) when (ArchiveSpool.Translate(subject, e) is { } failure)
        {
            throw failure;
        }

        return new SpooledLayer(ArchiveSpool.Reopen(file), size, Digest.FromSha256(blob.GetHashAndReset()), Digest.Parse("sha256:" + diffId));
    }

    /// <summary>Hashes what is read of a stream.</summary>
    private sealed class HashedReadStream(Stream source, IncrementalHash hash) : ReadOnlyStream
    {
        private const int BufferSize = 64 * 1024;

        public override int Read(Span<byte> buffer)
        {
            int count = source.Read(buffer);
            hash.AppendData(buffer[..count]);
            return count;
        }

        /// <summary>Reads what the decompressor has left, so that it counts too.</summary>
        internal void Drain()
        {
            byte[] buffer = new byte[BufferSize];
            while (Read(buffer) > 0)
            {
            }
        }
    }
}
