using System;
using System.IO;
using System.Security.Cryptography;
using System.Text;
using System.Threading;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <content>
/// Layers that were written here, by containers for example. A tree is a layer as soon as it has its place: its tar, and with that
/// its diffID, is made when somebody needs it.
/// </content>
public sealed partial class LayerStore
{
    /// <summary>What stands for the diffID of a layer whose tar was not made yet; no tar has this digest.</summary>
    public static Digest PlaceholderOf(string localId) =>
        Digest.FromSha256(SHA256.HashData(Encoding.ASCII.GetBytes("fastrun: the tar of layer " + localId)));

    /// <summary>
    /// Makes the place of a layer whose tree comes later, by <see cref="Place"/>. The caller holds <see cref="Lock"/> shared until a
    /// record that lists the layer is written.
    /// </summary>
    /// <returns>The layer's local id.</returns>
    public string Reserve()
    {
        using StagedLayer staged = StagedLayer.Create(Layout);
        WriteRecord(Path.Combine(Layout.Staging, staged.Id, RecordName), PendingRecord(staged.Id));
        staged.Commit();
        return staged.Id;
    }

    /// <summary>Gives the place of a layer up that no record lists.</summary>
    public void Abandon(string localId) => Discard(localId);

    /// <summary>
    /// Makes an upper directory of overlayfs, on the same file system, the tree of a reserved layer. One rename, however large it is;
    /// nothing may write to it any more.
    /// </summary>
    /// <exception cref="SyscallException">It cannot be moved; nothing was changed.</exception>
    public void Place(string localId, string upper) =>
        FileAt.Rename(null, upper, null, Layout.LayerTree(localId), RenameFlags.NoReplace);

    /// <summary>Makes a layer of a copy of an upper directory, which others may mount still.</summary>
    /// <param name="upper">The directory, open for reading.</param>
    /// <returns>The layer's local id; <see cref="Reserve"/> tells what the caller holds.</returns>
    /// <exception cref="SyscallException">It cannot be copied; nothing of it stays.</exception>
    public string Copy(Fd upper)
    {
        using StagedLayer staged = StagedLayer.Create(Layout);
        FileAt.MakeDirectory(staged.Directory, LayerTree.FilesDirectory, OwnerOnly);
        using (Fd tree = FileAt.OpenDirectory(staged.Directory, LayerTree.FilesDirectory))
        using (Fd readable = FileAt.Open(tree, ".", OpenFlags.Read | OpenFlags.Directory))
        {
            TreeCopy.Upper(upper, readable);
        }

        WriteRecord(Path.Combine(Layout.Staging, staged.Id, RecordName), PendingRecord(staged.Id));
        staged.Commit();
        return staged.Id;
    }

    /// <summary>Whether a layer that was reserved has its tree: a commit that was killed may have left the upper where it was.</summary>
    public bool HasTree(string localId) => FileAt.TryStat(null, Layout.LayerTree(localId), out _) == Errno.None;

    /// <summary>Makes a layer usable again whose record a power cut has taken, while its tree is a container's still.</summary>
    public void Revive(string localId)
    {
        if (Read(localId) is null && HasTree(localId))
        {
            WriteRecord(Path.Combine(Layout.Layer(localId), RecordName), PendingRecord(localId));
        }
    }

    /// <summary>Gives a layer that was written here its tar. Of several processes that want it one makes it.</summary>
    /// <param name="localId">The layer.</param>
    /// <param name="make">Writes the tar-index of a layer's directory to a file, and tells what becomes layer.json.</param>
    /// <param name="cancellation">Ends the wait for another.</param>
    /// <returns>Its diffID.</returns>
    internal Digest Settle(string localId, Func<Fd, Fd, LayerRecord> make, CancellationToken cancellation)
    {
        if (!ReadExisting(localId).Pending)
        {
            return DiffId(localId);
        }

        using FileLock turn = FileLock.AcquirePatiently(
            Path.Combine(Layout.LayerDiffs, localId + ".lock"), FileLockMode.Exclusive, static () => { }, cancellation);
        if (ReadExisting(localId).Pending)
        {
            MakeTarIndex(localId, make);
        }

        Digest diffId = DiffId(localId);
        if (!Has(diffId))
        {
            AtomicLink.WriteVolatile(IndexPath(diffId, null), "../" + localId);
        }

        return diffId;
    }

    /// <summary>Whether a layer's tar was not made yet.</summary>
    public bool IsPending(string localId) => Read(localId) is { Pending: true };

    private void MakeTarIndex(string localId, Func<Fd, Fd, LayerRecord> make)
    {
        string directory = Layout.Layer(localId);
        string temporary = AtomicFile.TemporaryPrefix + TarIndexName;
        using Fd layer = FileAt.OpenDirectory(null, directory);
        FileAt.TryUnlink(layer, temporary);
        try
        {
            using Fd index = FileAt.Open(layer, temporary, OpenFlags.ReadWrite | OpenFlags.Create | OpenFlags.Exclusive | OpenFlags.NoFollow, 0x180);
            LayerRecord made = make(layer, index);
            using FileLock? turn = FileLock.AcquireDirectory(directory);
            LayerRecord before = ReadExisting(localId);
            LayerRecord record = made with { Durable = before.Durable, BootId = before.BootId };
            if (record.Durable)
            {
                // What was on the disk stays there: a power cut finds the layer as it was, or with its tar.
                FileContent.Sync(index);
                FileAt.Rename(layer, temporary, layer, TarIndexName);
                AtomicFile.Write(Path.Combine(directory, RecordName), Serialize(record));
            }
            else
            {
                FileAt.Rename(layer, temporary, layer, TarIndexName);
                WriteRecord(Path.Combine(directory, RecordName), record);
            }
        }
        catch
        {
            FileAt.TryUnlink(layer, temporary);
            throw;
        }
    }

    /// <summary>Marks a layer that is on the disk. One that was pending may have got its tar meanwhile.</summary>
    private void MarkDurable(string localId, LayerRecord synced, Fd layers)
    {
        string path = Path.Combine(Layout.Layer(localId), RecordName);
        if (!synced.Pending)
        {
            WriteRecord(path, synced with { Durable = true });
            return;
        }

        using FileLock? turn = FileLock.AcquireDirectory(Layout.Layer(localId));
        LayerRecord now = ReadExisting(localId);
        if (!now.Pending)
        {
            FileContent.SyncFilesystem(layers);
        }

        WriteRecord(path, now with { Durable = true });
    }

    private static LayerRecord PendingRecord(string localId) => new()
    {
        SchemaVersion = LayerRecord.CurrentSchema,
        DiffId = PlaceholderOf(localId).ToString(),
        Pending = true,
        TarSize = 0,
        FileBytes = 0,
        Entries = 0,
        BootId = BootId.Current,
        Durable = false,
    };
}
