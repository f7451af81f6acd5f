using System;
using System.Buffers;
using System.Diagnostics;
using System.IO;
using System.IO.Pipelines;
using System.Security.Cryptography;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.Layers.Pipeline;

/// <summary>
/// Reads a blob on a thread of its own, some blocks ahead of the decompressor, and counts and hashes what passes. As a stream it
/// gives the blob's bytes. <see cref="Verify"/> takes what nobody read (bytes behind the compressed data) and compares size and
/// digest with what the manifest promised.
/// </summary>
internal sealed class BlobReader : ReadOnlyStream
{
    private const int BlocksAhead = 3;
    private const int LeastRead = 64 * 1024;
    // A source may open a connection here, with all that TLS needs.
    private const int StackSize = 1024 * 1024;

    private readonly LayerSource _source;
    private readonly LayerProgress _progress;
    private readonly CancellationToken _cancellation;
    private readonly Pipe _pipe;
    private readonly Thread _thread;
    private readonly IncrementalHash _hash;
    private long _length;

    /// <summary>Begins to read.</summary>
    internal BlobReader(LayerSource source, LayerBuffers buffers, LayerProgress progress, CancellationToken cancellation)
    {
        _source = source;
        _progress = progress;
        _cancellation = cancellation;
        _hash = IncrementalHash.CreateHash(
            source.Digest.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256);

        // Both ends have threads of their own, which are woken where they wait.
        _pipe = new Pipe(new PipeOptions(
            buffers,
            readerScheduler: PipeScheduler.Inline,
            writerScheduler: PipeScheduler.Inline,
            pauseWriterThreshold: BlocksAhead * LayerBuffers.BlockSize,
            resumeWriterThreshold: (BlocksAhead - 1) * LayerBuffers.BlockSize,
            minimumSegmentSize: LayerBuffers.BlockSize,
            useSynchronizationContext: false));
        _thread = new Thread(Run, StackSize) { IsBackground = true, Name = "layer blob" };
        _thread.Start();
    }

    /// <summary>Ticks of the stopwatch for which readers of the stream waited for it.</summary>
    internal long Waited { get; private set; }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty)
        {
            return 0;
        }

        long began = Stopwatch.GetTimestamp();
        ReadResult result = Wait(_pipe.Reader.ReadAsync(CancellationToken.None));
        Waited += Stopwatch.GetTimestamp() - began;
        ReadOnlySequence<byte> there = result.Buffer;
        int count = (int)Math.Min(there.Length, buffer.Length);
        there.Slice(0, count).CopyTo(buffer);
        _pipe.Reader.AdvanceTo(there.GetPosition(count));
        return count;
    }

    /// <summary>Takes the blob to its end and compares.</summary>
    /// <exception cref="LayerException">It is not the blob that was promised.</exception>
    internal void Verify()
    {
        while (true)
        {
            ReadResult result = Wait(_pipe.Reader.ReadAsync(CancellationToken.None));
            _pipe.Reader.AdvanceTo(result.Buffer.End);
            if (result.IsCompleted)
            {
                break;
            }
        }

        _thread.Join();
        if (_length != _source.Size)
        {
            throw new LayerException(
                LayerErrorKind.Truncated, $"the blob has {_length} bytes, {_source.Size} were promised");
        }

        string hex = Convert.ToHexStringLower(_hash.GetHashAndReset());
        if (hex != _source.Digest.Hex)
        {
            throw new LayerException(
                LayerErrorKind.DigestMismatch, $"the blob has the digest {_source.Digest.Algorithm}:{hex}");
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            // The thread stops where it would give the next block away.
            _pipe.Reader.Complete();
            _thread.Join();
            _hash.Dispose();
        }

        base.Dispose(disposing);
    }

    private void Run()
    {
        try
        {
            long start = Stopwatch.GetTimestamp();
            using Stream blob = _source.Open();
            _progress.AddBusy(LayerStage.Read, start);
            while (Fill(blob))
            {
            }

            _pipe.Writer.Complete();
        }
        catch (Exception exception)
        {
            _pipe.Writer.Complete(exception);
        }
    }

    /// <summary>Passes on what one read gives; false at the end, or when nobody wants more.</summary>
    private bool Fill(Stream blob)
    {
        _cancellation.ThrowIfCancellationRequested();
        long start = Stopwatch.GetTimestamp();
        Span<byte> block = _pipe.Writer.GetSpan(LeastRead);
        int count = blob.Read(block);
        _hash.AppendData(block[..count]);
        _length += count;
        _progress.AddBlobBytes(count);
        _progress.AddBusy(LayerStage.Read, start);
        if (_length > _source.Size)
        {
            throw new LayerException(
                LayerErrorKind.DigestMismatch, $"the blob is longer than the {_source.Size} bytes promised");
        }

        _pipe.Writer.Advance(count);
        return count > 0 && !Wait(_pipe.Writer.FlushAsync(CancellationToken.None)).IsCompleted;
    }

    private static T Wait<T>(ValueTask<T> pending) =>
        pending.IsCompleted ? pending.Result : pending.AsTask().GetAwaiter().GetResult();
}
