using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using FastRun.Layers.Oci;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <summary>
/// The records at <c>images/_ids</c>. A record is written once and never replaced while anyone holds a lock on it, so a
/// lock on the file that the name leads to is a lock on the image.
/// </summary>
internal sealed class ImageRecords(StateLayout layout)
{
    private const int DirectoryMode = 0x1C0;

    /// <summary>Leases the image whose record a path leads to, through the links of tag and digest if it is one.</summary>
    /// <returns>The lease, or null for every state but <see cref="RecordState.Present"/>.</returns>
    internal ImageLease? TryLease(string path, out RecordState state)
    {
        // A removal that finds that the image is needed lets it go again: it is waited for.
        FileLock? held = FileLock.AcquireTarget(null, path, FileLockMode.Shared, out FileStatus status, out Errno errno);
        if (held is null)
        {
            state = errno is Errno.ENOENT or Errno.ENOTDIR
                ? RecordState.Absent
                : throw new SyscallException("openat2", errno, path);
            return null;
        }

        LaunchRecord? record = Read(held.File, status, out bool durable, out state);
        if (record is null || state != RecordState.Present)
        {
            held.Dispose();
            return null;
        }

        NoteUse(held.File, status);
        return new ImageLease(layout, held, record, durable);
    }

    /// <summary>Notes that the image is used now, unless it was noted a short while ago.</summary>
    private static void NoteUse(Fd file, in FileStatus status)
    {
        long now = DateTimeOffset.UtcNow.ToUnixTimeSeconds();
        if (Math.Abs(now - status.Modified.Seconds) > (long)ImageStore.LastUseStep.TotalSeconds)
        {
            // A store that cannot be written to is not evicted from either.
            FileAt.TrySetTimes(file, new FileTime(now, 0), new FileTime(now, 0));
        }
    }

    /// <summary>Reads a record without keeping the image; null where it is absent or damaged.</summary>
    internal LaunchRecord? TryRead(string imageIdHex, out RecordState state)
    {
        string path = Path.Combine(layout.ImageIds, imageIdHex);
        using Fd? file = FileAt.TryOpen(
            null, path, OpenFlags.Read | OpenFlags.NoFollow | OpenFlags.NonBlocking, 0, ResolveFlags.None, out Errno errno);
        if (file is null)
        {
            state = errno is Errno.ENOENT ? RecordState.Absent : throw new SyscallException("openat2", errno, path);
            return null;
        }

        return Read(file, FileAt.Stat(file), out _, out state);
    }

    /// <summary>Writes a record, not yet durable and not yet on disk. The caller holds <see cref="StateLayout.ImagesLock"/>.</summary>
    /// <exception cref="CorruptContentException">The image's settings are too large to be one's.</exception>
    /// <exception cref="ImageInUseException">One that is lost or damaged is still held by a sandbox.</exception>
    internal void Write(LaunchRecord record)
    {
        byte[] file = LaunchRecordFormat.Encode(record, BootId.Current, durable: false);
        if (file.Length > LaunchRecordFormat.MaxSize)
        {
            throw new CorruptContentException(
                $"config {record.ImageId}", "environment, command and volumes together exceed 1 MiB");
        }

        FileAt.MakeDirectories(null, layout.ImageIds, DirectoryMode);
        string path = layout.ImageRecord(record.ImageId);
        using FileLock? old = FileLock.TryAcquireTarget(null, path, FileLockMode.Exclusive, out _, out Errno errno);
        if (errno == Errno.EAGAIN)
        {
            throw new ImageInUseException(record.ImageId.ToString());
        }

        AtomicFile.WriteVolatile(path, file);
    }

    /// <summary>
    /// Waits until an image is on the disk, and marks it so. Nothing of it is kept meanwhile: where it is removed, there is
    /// nothing to mark.
    /// </summary>
    /// <returns>Whether it is there and on the disk.</returns>
    /// <exception cref="LayerException">A layer was removed meanwhile.</exception>
    internal bool MakeDurable(Digest imageId)
    {
        // This file is marked and no other: one that takes its name later stands for layers that were not synced here.
        using Fd? file = FileAt.TryOpen(
            null, layout.ImageRecord(imageId), OpenFlags.ReadWrite | OpenFlags.NoFollow, 0, ResolveFlags.None, out Errno errno);
        if (file is null)
        {
            return errno == Errno.ENOENT ? false : throw new SyscallException("openat2", errno, layout.ImageRecord(imageId));
        }

        LaunchRecord? record = Read(file, FileAt.Stat(file), out bool durable, out RecordState state);
        if (record is null || durable || state != RecordState.Present)
        {
            return durable;
        }

        new LayerStore(layout).MakeDurable(record.LayerIds);
        FileContent.Seek(file, LaunchRecordFormat.DurableOffset);
        FileContent.Write(file, [1]);
        FileContent.Sync(file);
        return true;
    }

    /// <summary>Removes a record whose lock the caller got exclusively, and waits until it is gone from the disk too.</summary>
    internal void Remove(string imageIdHex)
    {
        using Fd directory = FileAt.Open(null, layout.ImageIds, OpenFlags.Read | OpenFlags.Directory);
        FileAt.TryUnlink(directory, imageIdHex);
        FileContent.Sync(directory);
    }

    /// <summary>The image ids in the store, as hexadecimal digits.</summary>
    internal IEnumerable<string> All()
    {
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(null, layout.ImageIds))
        {
            string name = entry.Text;
            if (Digest.TryParse("sha256:" + name, out _) || Digest.TryParse("sha512:" + name, out _))
            {
                yield return name;
            }
        }
    }

    private static LaunchRecord? Read(Fd file, in FileStatus status, out bool durable, out RecordState state)
    {
        durable = false;
        state = RecordState.Damaged;
        if (status.Type != FileType.Regular || status.Size > LaunchRecordFormat.MaxSize)
        {
            return null;
        }

        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)status.Size + 1);
        try
        {
            int length = FileContent.Read(file, buffer);
            LaunchRecord? record = LaunchRecordFormat.Decode(buffer.AsSpan(0, length), out Guid bootId, out durable);
            if (record is not null)
            {
                state = durable || bootId == BootId.Current ? RecordState.Present : RecordState.Lost;
            }
            else if (!LaunchRecordFormat.IsMarkedDurable(buffer.AsSpan(0, length)))
            {
                // A record gets its name before it is synced: a power cut between the two may leave anything of it, and the mark
                // comes only after.
                state = RecordState.Lost;
            }

            return record;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
