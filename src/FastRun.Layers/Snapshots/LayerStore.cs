using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Threading;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Snapshots;

/// <summary>The unpacked layers on disk.</summary>
public sealed partial class LayerStore
{
    internal const string RecordName = "layer.json";
    internal const string TarIndexName = "tar-index";
    internal const int RecordLimit = 64 << 20;

    private const int DataRootPermissions = 0x1C8;
    private const int OwnerOnly = 0x1C0;

    /// <summary>Opens the store, and makes its directories where they are missing.</summary>
    /// <param name="layout">Where it is.</param>
    public LayerStore(StateLayout layout)
    {
        Layout = layout;
        FileAt.MakeDirectories(null, layout.DataRoot, DataRootPermissions);
        FileAt.MakeDirectories(null, layout.LayerDiffs, OwnerOnly);
        FileAt.MakeDirectories(null, layout.Staging, OwnerOnly);
        FileAt.MakeDirectories(null, layout.Trash, OwnerOnly);
    }

    internal StateLayout Layout { get; }

    /// <summary>
    /// The lock that keeps layers from being collected: shared from before layers are assembled until the record that
    /// uses them is written, exclusive for <see cref="CollectGarbage"/>.
    /// </summary>
    /// <param name="mode">Shared or exclusive.</param>
    /// <param name="waiting">Called once when the lock is taken by another; null for those who just wait.</param>
    /// <param name="cancellation">Ends the wait of those who gave the former.</param>
    public FileLock Lock(FileLockMode mode, Action? waiting = null, CancellationToken cancellation = default) =>
        waiting is null
            ? FileLock.Acquire(null, Layout.LayersLock, mode)
            : FileLock.AcquirePatiently(Layout.LayersLock, mode, waiting, cancellation);

    /// <summary>Whether a layer is there and did not get lost in a power cut.</summary>
    public bool Contains(string localId) => Read(localId) is not null;

    /// <summary>The local ids of all layers that <see cref="Contains"/> knows, used or not.</summary>
    public IEnumerable<string> All() => DirectoryContent.ReadAll(null, Layout.Layers)
        .Where(static entry => entry.Type == FileType.Directory && entry.Name[0] != (byte)'_')
        .Select(static entry => entry.Text)
        .Where(Contains);

    /// <summary>Whether a layer is there under its diffID. Unlike <see cref="Find"/> it changes nothing.</summary>
    internal bool Has(Digest diffId) =>
        FileAt.TryReadLink(null, IndexPath(diffId, null), out byte[] target) == Errno.None
        && Contains(Path.GetFileName(Encoding.UTF8.GetString(target)));

    /// <summary>The bytes of a layer's regular files; 0 while it has no tar.</summary>
    /// <exception cref="LayerException">There is no such layer.</exception>
    public long UnpackedSize(string localId) => ReadExisting(localId).FileBytes;

    /// <summary>As <see cref="UnpackedSize"/>; of a layer that was written here and has no tar yet the files are counted.</summary>
    /// <exception cref="LayerException">There is no such layer.</exception>
    public long FilesSize(string localId) => FilesSize(localId, ReadExisting(localId));

    /// <summary>The digest of a layer's uncompressed tar; of one that was written here and has none yet what stands for it.</summary>
    /// <exception cref="LayerException">There is no such layer.</exception>
    public Digest DiffId(string localId) => Digest.Parse(ReadExisting(localId).DiffId);

    /// <summary>
    /// Waits until the layers, and all else on their file system, are on disk, and records that the layers are. The records
    /// are on disk as well when this returns.
    /// </summary>
    public void MakeDurable(IReadOnlyList<string> localIds)
    {
        List<(string Id, LayerRecord Record)> pending = [];
        foreach (string id in localIds)
        {
            if (ReadExisting(id) is { Durable: false } record)
            {
                pending.Add((id, record));
            }
        }

        using Fd layers = FileAt.Open(null, Layout.Layers, OpenFlags.Read | OpenFlags.Directory);
        FileContent.SyncFilesystem(layers);
        if (pending.Count == 0)
        {
            return;
        }

        // A collector takes what another writes for what a killed one left.
        using FileLock keep = Lock(FileLockMode.Shared);
        foreach ((string id, LayerRecord record) in pending)
        {
            MarkDurable(id, record, layers);
        }

        FileContent.SyncFilesystem(layers);
    }

    /// <summary>The record of an existing layer.</summary>
    internal LayerRecord ReadExisting(string localId) =>
        Read(localId) ?? throw new LayerException(LayerErrorKind.Io, $"layer {localId} is not there");

    /// <summary>
    /// The layer that was unpacked from such a tar, on its own (no key) or for given layers below. One that a power cut may
    /// have damaged counts as absent and is removed.
    /// </summary>
    internal string? Find(Digest diffId, string? variantKey)
    {
        string index = IndexPath(diffId, variantKey);
        if (FileAt.TryReadLink(null, index, out byte[] target) != Errno.None)
        {
            return null;
        }

        string localId = Path.GetFileName(Encoding.UTF8.GetString(target));
        if (Read(localId) is { } record && record.DiffId == diffId.ToString() && record.VariantKey == variantKey)
        {
            return localId;
        }

        FileAt.TryUnlink(null, index);
        Discard(localId);
        return null;
    }

    /// <summary>Waits until nobody else unpacks this layer, and keeps others from it.</summary>
    /// <param name="diffId">The digest of the layer's tar.</param>
    /// <param name="waiting">Called once when another does.</param>
    /// <param name="cancellation">Ends the wait.</param>
    /// <exception cref="OperationCanceledException">The wait was ended.</exception>
    internal FileLock LockDiff(Digest diffId, Action waiting, CancellationToken cancellation) =>
        FileLock.AcquirePatiently(IndexPath(diffId, null) + ".lock", FileLockMode.Exclusive, waiting, cancellation);

    /// <summary>Commits a staged layer and makes it found.</summary>
    /// <returns>Its local id, or that of the same layer where another process was faster.</returns>
    internal string Commit(StagedLayer staged)
    {
        LayerRecord record = staged.Record!;
        WriteRecord(Path.Combine(Layout.Staging, staged.Id, RecordName), record);
        Digest diffId = Digest.Parse(record.DiffId);
        if (Find(diffId, record.VariantKey) is { } existing)
        {
            return existing;
        }

        string index = IndexPath(diffId, record.VariantKey);
        string temporary = Path.Combine(Layout.LayerDiffs, AtomicFile.TemporaryPrefix + staged.Id);
        staged.Commit();
        FileAt.MakeSymbolicLink("../" + staged.Id, null, temporary);
        Errno errno = FileAt.TryRename(null, temporary, null, index, RenameFlags.NoReplace);
        if (errno == Errno.None)
        {
            return staged.Id;
        }

        FileAt.TryUnlink(null, temporary);
        Discard(staged.Id);
        return errno == Errno.EEXIST && Find(diffId, record.VariantKey) is { } winner
            ? winner
            : throw new SyscallException("renameat2", errno, index);
    }

    /// <summary>Names the layers below that a variant is made for, by their local ids, topmost first.</summary>
    internal static string VariantKey(IEnumerable<string> lowersTopmostFirst) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.ASCII.GetBytes(string.Join('/', lowersTopmostFirst))));

    private string IndexPath(Digest diffId, string? variantKey) =>
        Path.Combine(Layout.LayerDiffs, variantKey is null ? diffId.Hex : $"{diffId.Hex}-{variantKey[..32]}");

    private LayerRecord? Read(string localId)
    {
        if (FileContent.TryReadAll(null, Path.Combine(Layout.Layer(localId), RecordName), RecordLimit) is not { } json)
        {
            return null;
        }

        LayerRecord? record;
        try
        {
            record = JsonSerializer.Deserialize(json, LayerJson.Default.LayerRecord);
        }
        catch (JsonException)
        {
            // After a power cut a record may be empty or cut short.
            return null;
        }

        return record is { SchemaVersion: LayerRecord.CurrentSchema, IsSound: true } && (record.Durable || record.BootId == BootId.Current)
            ? record
            : null;
    }

    private long FilesSize(string localId, LayerRecord record) =>
        record.Pending ? TreeSize.Measure(Layout.LayerTree(localId)) : record.FileBytes;

    private static void WriteRecord(string path, LayerRecord record) => AtomicFile.WriteVolatile(path, Serialize(record));

    private static byte[] Serialize(LayerRecord record) => JsonSerializer.SerializeToUtf8Bytes(record, LayerJson.Default.LayerRecord);
}
