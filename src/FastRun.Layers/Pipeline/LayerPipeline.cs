using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry;
using FastRun.Layers.Snapshots;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Pipeline;

/// <summary>
/// Turns blobs into layers: blob, its digest, decompression, diffID, tar, files, in one stream per layer and with no file
/// between; and makes the tar of a layer again.
/// </summary>
/// <param name="store">Where the layers go.</param>
/// <param name="limits">What one layer may ask for.</param>
/// <param name="observer">Is told how the layers get on.</param>
public sealed class LayerPipeline(LayerStore store, LayerLimits? limits = null, ILayerObserver? observer = null)
{
    /// <summary>More would need more memory than the whole may have, and two cores are busy with fewer.</summary>
    private const int LayersAtOnce = 6;

    private readonly LayerLimits _limits = limits ?? new LayerLimits();
    private Dictionary<Digest, LayerProgress> _progress = [];
    private LayerBuffers _buffers = null!;

    /// <summary>
    /// Makes sure that the layers of an image are unpacked and fit on each other. The caller holds
    /// <see cref="LayerStore.Lock"/> shared until the record that uses them is written.
    /// </summary>
    /// <param name="bottomFirst">The image's layers in the order of its manifest.</param>
    /// <param name="cancellation">Ends it, also where it waits for others who unpack the same layers.</param>
    /// <returns>Local ids, topmost first, as overlayfs and the launch record take them. At least one.</returns>
    /// <exception cref="LayerException">A layer cannot be had; nothing of it is left behind.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public IReadOnlyList<string> Assemble(
        IReadOnlyList<LayerSource> bottomFirst, CancellationToken cancellation = default)
    {
        List<string> topmostFirst = [];
        _ = Extend(topmostFirst, bottomFirst.Count > 0 ? bottomFirst : [new EmptyLayer()], cancellation);
        return topmostFirst;
    }

    /// <summary>As <see cref="Assemble"/>, but on top of layers that are there.</summary>
    /// <param name="topmostFirst">Local ids of the layers below; gets those of all.</param>
    /// <param name="sources">The layers in the order of their manifest.</param>
    /// <param name="cancellation">Ends it.</param>
    /// <returns>The local id of each.</returns>
    /// <exception cref="LayerException">A layer cannot be had; nothing of it is left behind.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public IReadOnlyList<string> Extend(List<string> topmostFirst, IReadOnlyList<LayerSource> sources, CancellationToken cancellation)
    {
        List<string> own = [];
        _progress = sources.DistinctBy(static source => source.DiffId)
            .ToDictionary(static source => source.DiffId, source => new LayerProgress(source, observer));
        observer?.Begin([.. sources.Select(source => _progress[source.DiffId])]);
        List<FileLock> locks = [];
        Dictionary<Digest, StagedLayer> staged = [];
        using LayerBuffers buffers = new();
        _buffers = buffers;
        try
        {
            // What is there already is found without a lock and without looking at a blob.
            while (own.Count < sources.Count && TryStack(sources[own.Count], topmostFirst))
            {
                own.Add(topmostFirst[0]);
            }

            List<LayerSource> rest = [.. sources.Skip(own.Count)];
            UnpackAll(LockMissing(rest, locks, cancellation), staged, cancellation);
            foreach (LayerSource source in rest)
            {
                Stack(source, staged, topmostFirst);
                own.Add(topmostFirst[0]);
            }

            return own;
        }
        finally
        {
            foreach (StagedLayer layer in staged.Values)
            {
                layer.Dispose();
            }

            locks.ForEach(static held => held.Dispose());
        }
    }

    /// <summary>Makes the tar that a layer came from again, bit for bit, and verifies it by its diffID.</summary>
    /// <exception cref="LayerException">The layer is not there, or its files were changed.</exception>
    public void WriteTar(string localId, Stream destination) => new LayerTar(store, localId).WriteTo(destination);

    /// <summary>
    /// The layers that have to be unpacked. Nobody else unpacks them while the locks are held; locks are taken in one order by
    /// everybody, so that no two processes wait for each other.
    /// </summary>
    private List<LayerSource> LockMissing(
        IReadOnlyList<LayerSource> sources, List<FileLock> locks, CancellationToken cancellation)
    {
        List<LayerSource> missing = [];
        foreach (LayerSource source in sources
            .DistinctBy(static source => source.DiffId)
            .Where(source => store.Find(source.DiffId, null) is null)
            .OrderBy(static source => source.DiffId.ToString(), StringComparer.Ordinal))
        {
            FileLock held = LockDiff(source.DiffId, cancellation);
            if (store.Find(source.DiffId, null) is null)
            {
                locks.Add(held);
                missing.Add(source);
            }
            else
            {
                held.Dispose();
            }
        }

        return missing;
    }

    private FileLock LockDiff(Digest diffId, CancellationToken cancellation) =>
        store.LockDiff(diffId, () => _progress[diffId].Enter(LayerState.Waiting), cancellation);

    private void UnpackAll(
        List<LayerSource> missing, Dictionary<Digest, StagedLayer> staged, CancellationToken cancellation)
    {
        // The largest first: the whole takes at least as long as they do.
        ConcurrentQueue<LayerSource> queue = new(missing.OrderByDescending(static source => source.Size));
        using CancellationTokenSource failed = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        LayerUnpacker unpacker = new(
            store,
            _limits,
            new UnpackAllowance(_limits.BytesFor(TotalSize(missing))),
            new MemoryAllowance(_limits.MemoryBytes),
            _buffers,
            failed.Token);
        UnpackThread.RunAll(Math.Min(missing.Count, LayersAtOnce), () =>
        {
            while (!failed.IsCancellationRequested && queue.TryDequeue(out LayerSource? source))
            {
                try
                {
                    StagedLayer layer = Unpack(unpacker, source, lowers: null);
                    lock (staged)
                    {
                        staged.Add(source.DiffId, layer);
                    }
                }
                catch
                {
                    // The others need not go on: the first failure is the image's.
                    failed.Cancel();
                    throw;
                }
            }
        });
    }

    private StagedLayer Unpack(LayerUnpacker unpacker, LayerSource source, LowerView? lowers)
    {
        LayerProgress progress = _progress[source.DiffId];
        while (true)
        {
            progress.Enter(LayerState.Unpacking);
            try
            {
                StagedLayer layer = unpacker.Unpack(source, lowers, progress);
                progress.Enter(LayerState.Unpacked);
                return layer;
            }
            catch (Exception exception) when (IsOfTheBlob(exception) && source.TryElsewhere())
            {
                // A mirror's: once more, without it.
            }
            catch
            {
                progress.Enter(LayerState.Failed);
                throw;
            }
        }
    }

    /// <summary>Whether other bytes, or the same from another place, might do better.</summary>
    private static bool IsOfTheBlob(Exception exception) => exception is RegistryException or LayerException
    {
        Kind: LayerErrorKind.DigestMismatch or LayerErrorKind.Malformed or LayerErrorKind.Truncated,
    };

    /// <summary>Sizes are what a manifest says, so their sum may be anything.</summary>
    private static long TotalSize(IReadOnlyList<LayerSource> sources) =>
        sources.Aggregate(0L, static (sum, source) => sum + Math.Min(source.Size, long.MaxValue - sum));

    /// <summary>Puts one layer on those below where it is there in the form that they ask for.</summary>
    private bool TryStack(LayerSource source, List<string> topmostFirst)
    {
        string? localId = store.Find(source.DiffId, LayerStore.VariantKey(topmostFirst));
        if (localId is null && store.Find(source.DiffId, null) is { } plain)
        {
            using LowerView lowers = new(topmostFirst.Select(store.Layout.LayerTree));
            localId = LeaningCheck.Check(store.ReadExisting(plain).Leanings, lowers) == LeaningEffect.None ? plain : null;
        }

        if (localId is not null)
        {
            Push(localId, topmostFirst);
            if (_progress[source.DiffId] is { State: LayerState.Pending or LayerState.Waiting } progress)
            {
                progress.Enter(LayerState.Present);
            }
        }

        return localId is not null;
    }

    /// <summary>Puts one layer on those below, as a variant where they change what its tar means.</summary>
    private void Stack(LayerSource source, Dictionary<Digest, StagedLayer> staged, List<string> topmostFirst)
    {
        if (TryStack(source, topmostFirst))
        {
            return;
        }

        using LowerView lowers = new(topmostFirst.Select(store.Layout.LayerTree));
        StagedLayer? fresh = staged.GetValueOrDefault(source.DiffId);
        LeaningEffect effect = fresh is null
            ? LeaningEffect.Structure
            : LeaningCheck.Check(fresh.Record!.Leanings, lowers);
        string localId = effect == LeaningEffect.None
            ? Commit(fresh!, staged, source.DiffId)
            : MakeVariant(source, fresh, effect, LayerStore.VariantKey(topmostFirst), lowers, staged);
        Push(localId, topmostFirst);
    }

    private void Push(string localId, List<string> topmostFirst)
    {
        if (store.ReadExisting(localId).RootOpaque)
        {
            topmostFirst.Clear();
        }

        // overlayfs refuses a directory that is there twice, and all that the lower one shows the upper one shows too.
        topmostFirst.Remove(localId);
        topmostFirst.Insert(0, localId);
    }

    private string MakeVariant(
        LayerSource source,
        StagedLayer? fresh,
        LeaningEffect effect,
        string key,
        LowerView lowers,
        Dictionary<Digest, StagedLayer> staged)
    {
        if (fresh is not null && effect == LeaningEffect.Attributes)
        {
            fresh.AdoptParents(fresh.Record!.Leanings.ImplicitParents, lowers);
            fresh.Record = fresh.Record with { VariantKey = key, Leanings = new Leanings() };
            return Commit(fresh, staged, source.DiffId);
        }

        LayerUnpacker unpacker = new(
            store,
            _limits,
            new UnpackAllowance(_limits.BytesFor(source.Size)),
            new MemoryAllowance(_limits.MemoryBytes),
            _buffers,
            CancellationToken.None);
        StagedLayer? unpacked = null;
        UnpackThread.RunAll(1, () => unpacked = Unpack(unpacker, source, lowers));
        using StagedLayer variant = unpacked!;
        variant.Record = variant.Record! with { VariantKey = key };
        return store.Commit(variant);
    }

    private string Commit(StagedLayer layer, Dictionary<Digest, StagedLayer> staged, Digest diffId)
    {
        string localId = store.Commit(layer);
        staged.Remove(diffId);
        layer.Dispose();
        return localId;
    }
}
