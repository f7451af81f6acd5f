using System;
using System.Diagnostics;
using System.IO;
using System.Security.Cryptography;
using System.Threading;
using FastRun.Layers.Pipeline.Compression;
using FastRun.Layers.Pipeline.Tar;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Pipeline;

/// <summary>
/// One layer's way from its blob to a staged tree. Four threads work on it at once: reading and the blob's digest, decompression,
/// the diffID, and this one, which reads the tar and writes files.
/// </summary>
/// <param name="store">Where layers are staged.</param>
/// <param name="limits">What one layer may ask for.</param>
/// <param name="allowance">What is left of the bytes that its image may have.</param>
/// <param name="memory">What is left of the memory that its image may have.</param>
/// <param name="buffers">The blocks that it goes through.</param>
/// <param name="cancellation">Ends it early.</param>
internal sealed class LayerUnpacker(
    LayerStore store,
    LayerLimits limits,
    UnpackAllowance allowance,
    MemoryAllowance memory,
    LayerBuffers buffers,
    CancellationToken cancellation)
{
    private const int OwnerFile = 0x180;

    /// <summary>Unpacks and verifies a layer, with this thread's umask cleared.</summary>
    /// <param name="source">The blob.</param>
    /// <param name="lowers">The layers that it is unpacked on top of; null to unpack it on its own.</param>
    /// <param name="progress">What counts how far it is.</param>
    /// <exception cref="LayerException">It cannot be had; nothing of it is left behind.</exception>
    /// <exception cref="OperationCanceledException">It was ended early; nothing of it is left behind.</exception>
    internal StagedLayer Unpack(LayerSource source, LowerView? lowers, LayerProgress progress)
    {
        try
        {
            StagedLayer staged = StagedLayer.Create(store.Layout);
            try
            {
                Unpack(source, staged, lowers, progress);
                return staged;
            }
            catch
            {
                DisposeQuietly(staged);
                throw;
            }
        }
        catch (Exception exception) when (Describe(exception) is (LayerErrorKind kind, string what))
        {
            throw new LayerException(kind, $"layer {source.DiffId}: {what}", exception);
        }
    }

    private void Unpack(LayerSource source, StagedLayer staged, LowerView? lowers, LayerProgress progress)
    {
        HashAlgorithmName algorithm =
            source.DiffId.Algorithm == "sha512" ? HashAlgorithmName.SHA512 : HashAlgorithmName.SHA256;
        using BlobReader blob = new(source, buffers, progress, cancellation);
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        LayerDecoder decoder = Decompression.Open(blob, buffers, ended.Token);
        long began = Stopwatch.GetTimestamp();
        long beganWaited = blob.Waited;
        using TarInput input = new(decoder, allowance, algorithm, buffers, progress);
        using TarIndexWriter index = new(CreateIndex(staged.Directory));
        using LayerTree tree = new(staged.Directory, lowers, memory);
        TarReader reader = new(input, index, limits);
        LayerTree.ContentWriter content = reader.CopyContent;
        string diffId;
        Leanings leanings;
        try
        {
            while (reader.TryReadNext(out LayerEntry entry))
            {
                tree.Write(in entry, content);
            }

            index.Complete();
            progress.AddIdle(LayerStage.Decompress, blob.Waited - beganWaited);
            blob.Verify();
            diffId = $"{source.DiffId.Algorithm}:{input.FinishHash()}";
            if (diffId != source.DiffId.ToString())
            {
                throw new LayerException(LayerErrorKind.DigestMismatch, $"its tar has the digest {diffId}");
            }

            leanings = tree.Finish();
        }
        catch
        {
            // The decompressor may still wait for other layers.
            ended.Cancel();
            throw;
        }
        finally
        {
            // A layer that fails has taken its time, too.
            progress.AddBusy(LayerStage.Write, began);
            progress.AddIdle(LayerStage.Write, input.Waited);
        }

        staged.Record = new LayerRecord
        {
            SchemaVersion = LayerRecord.CurrentSchema,
            DiffId = diffId,
            TarSize = input.Length,
            FileBytes = tree.FileBytes,
            Entries = tree.Entries,
            BootId = BootId.Current,
            Durable = false,
            RootOpaque = tree.IsRootOpaque,
            Leanings = leanings,
            Relocations = tree.Relocations,
        };
    }

    /// <summary>What cannot be deleted now has no owner any more, and is collected later; the failure before it counts.</summary>
    private static void DisposeQuietly(StagedLayer staged)
    {
        try
        {
            staged.Dispose();
        }
        catch (SyscallException)
        {
        }
    }

    private static Stream CreateIndex(Fd staging)
    {
        const OpenFlags flags = OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive;
        return FileContent.OpenStream(
            FileAt.Open(staging, LayerStore.TarIndexName, flags, OwnerFile), FileAccess.Write);
    }

    private static (LayerErrorKind Kind, string What)? Describe(Exception exception) => exception switch
    {
        LayerException layer => (layer.Kind, layer.Message),
        // "No space" for an attribute means that of its inode.
        SyscallException { Syscall: "lsetxattr" } attribute => (LayerErrorKind.Io, attribute.Message),
        SyscallException { Errno: Errno.ENOSPC or Errno.EDQUOT } full => (LayerErrorKind.DiskFull, full.Errno.Describe()),
        SyscallException { Errno: Errno.ENAMETOOLONG } name => (LayerErrorKind.Malformed, name.Message),
        SyscallException syscall => (LayerErrorKind.Io, syscall.Message),
        EndOfStreamException => (LayerErrorKind.Truncated, "the compressed data ends too early"),
        InvalidDataException => (LayerErrorKind.Malformed, "the compressed data is damaged"),
        IOException io => (IsDiskFull(io) ? LayerErrorKind.DiskFull : LayerErrorKind.Io, "input/output error"),
        _ => null,
    };

    // .NET keeps the errno in the low half of an IOException's HResult.
    private static bool IsDiskFull(IOException exception) =>
        (exception.HResult & 0xFFFF) is (int)Errno.ENOSPC or (int)Errno.EDQUOT;
}
