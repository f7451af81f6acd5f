using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using FastRun.Engine.Build.Files;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Build.Progress;
using FastRun.Layers.Archives;
using FastRun.Layers.Images;
using FastRun.Layers.Images.Artifacts;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>
/// Gives what the steps of a build made to others (<c>--cache-to</c>): layers that are there already stay, the others go, and the name
/// changes last. Where that fails or takes too long, a line says so, and the build is as good as without.
/// </summary>
internal sealed class CacheExport
{
    private readonly BuildSession _session;
    private readonly CacheLocation _location;
    private readonly ExchangeDeadline _deadline;
    private readonly ArtifactRepository _target;
    private readonly Dictionary<string, Descriptor> _there = new(StringComparer.Ordinal);

    private CacheExport(BuildSession session, CacheLocation location, ExchangeDeadline deadline, ArtifactRepository target) =>
        (_session, _location, _deadline, _target) = (session, location, deadline, target);

    /// <summary>Gives it to all that were asked for. The session's records are held still.</summary>
    internal static void Run(BuildSession session)
    {
        List<(CacheLocation Location, ArtifactRepository Target)> written = [];
        try
        {
            foreach (CacheLocation location in session.Request.CacheTo)
            {
                if (location.Kind != CacheKind.Inline)
                {
                    session.Observer.Do($"exporting cache to {location.Name}", vertex => Run(session, location, vertex, written));
                }
            }

            Collect(session, written);
        }
        finally
        {
            written.ForEach(static each => each.Target.Dispose());
        }
    }

    /// <summary>What the caches held before and nobody needs any more goes, once this build needs none of it either.</summary>
    private static void Collect(BuildSession session, List<(CacheLocation Location, ArtifactRepository Target)> written)
    {
        if (written.Count > 0)
        {
            session.Imports.Dispose();
        }

        foreach ((CacheLocation location, ArtifactRepository target) in written)
        {
            try
            {
                target.Collect();
            }
            catch (Exception e) when (ExchangeFailure.Is(e))
            {
                session.Observer.Note(ExchangeFailure.Describe($"cache {location.Name}: what it held before is still there", e));
            }
        }
    }

    private static bool Run(
        BuildSession session, CacheLocation location, BuildVertex vertex, List<(CacheLocation Location, ArtifactRepository Target)> written)
    {
        using ExchangeDeadline deadline = new(location.Timeout, session.Cancellation);
        ArtifactRepository? target = null;
        try
        {
            deadline.Begin();
            target = CachePlaces.Open(location, session.Request.Client?.Credentials, pushes: true, deadline.Token);
            new CacheExport(session, location, deadline, target).Write(vertex);
            written.Add((location, target));
            return true;
        }
        catch (Exception e) when (ExchangeFailure.Is(e))
        {
            session.Cancellation.ThrowIfCancellationRequested();
            session.Observer.Note(ExchangeFailure.Describe($"cache {location.Name}: it was not exported", e));
            return false;
        }
        finally
        {
            if (!written.Exists(each => each.Target == target))
            {
                target?.Dispose();
            }
        }
    }

    private void Write(BuildVertex vertex)
    {
        ReadThere();
        IReadOnlyList<BuiltStep> steps = _session.Steps.All(_location.All);
        (List<(Digest DiffId, StepLayer Layer)> layers, Dictionary<StepLayer, int> places) = LayersOf(steps);
        long bytes = layers.Sum(layer => layer.Layer.LocalId is { } id ? _session.Layers.FilesSize(id) : layer.Layer.Promise!.Layer!.Size);
        _session.Observer.Status(vertex, string.Create(CultureInfo.InvariantCulture, $"{steps.Count} steps, {layers.Count} layers"));
        _deadline.Begin(bytes);
        Descriptor[] blobs = new Descriptor[layers.Count];
        SideBySide.Run(layers.Count, i => blobs[i] = Put(layers[i].DiffId, layers[i].Layer));
        List<Descriptor> all = [.. blobs];
        List<CachedMount> mounts = [];
        foreach (string id in _location.Mounts)
        {
            if (PutMount(id) is { } blob)
            {
                mounts.Add(new CachedMount(id, all.Count));
                all.Add(blob);
            }
        }

        CacheDocument document = new()
        {
            Steps = [.. steps.Select(step => new CachedStep(
                step.Step.Key, step.Step.Layer is { } layer ? places[layer] : null, _session.Epoch ?? step.Step.CreatedAt))],
            Layers = [.. layers.Select(static layer => layer.DiffId.ToString())],
            Mounts = mounts,
        };
        _deadline.Begin();
        Descriptor config = _target.Put(CacheDocument.MediaType, CacheDocumentJson.Encode(document));
        byte[] manifest = ArtifactRepository.ManifestOf(config, all);
        _target.Name(manifest);
        _session.Observer.Status(vertex, "writing cache manifest done");
    }

    /// <summary>What an earlier export left there: whatever goes wrong with that is as good as nothing.</summary>
    private void ReadThere()
    {
        try
        {
            if (_target.TryFetch(_session.Targets[0]) is not { Config.MediaType: CacheDocument.MediaType } manifest)
            {
                return;
            }

            CacheDocument before = CacheDocumentJson.Decode(_target.Fetch(manifest.Config!), manifest.Layers.Count, _location.Place);
            for (int i = 0; i < before.Layers?.Count; i++)
            {
                _there.TryAdd(before.Layers[i], manifest.Layers[i]);
            }
        }
        catch (Exception e) when (e is CorruptContentException or PlatformNotFoundException)
        {
            // It is replaced.
        }
    }

    /// <summary>The layers in the order of their steps, each tar once.</summary>
    private (List<(Digest DiffId, StepLayer Layer)> Layers, Dictionary<StepLayer, int> Places) LayersOf(IReadOnlyList<BuiltStep> steps)
    {
        List<(Digest DiffId, StepLayer Layer)> layers = [];
        Dictionary<StepLayer, int> places = new(ReferenceEqualityComparer.Instance);
        Dictionary<Digest, int> known = [];
        using FileLock keep = _session.Layers.Lock(FileLockMode.Shared, static () => { }, _deadline.Token);
        foreach (BuiltStep step in steps)
        {
            if (step.Step.Layer is not { } layer)
            {
                continue;
            }

            Digest diffId = layer.LocalId is { } id ? LocalLayers.Settle(_session.Layers, id, _session.Cancellation) : layer.Promise!.Layer!.DiffId;
            if (!known.TryGetValue(diffId, out int place))
            {
                known.Add(diffId, place = layers.Count);
                layers.Add((diffId, layer));
            }

            places[layer] = place;
        }

        return (layers, places);
    }

    private Descriptor Put(Digest diffId, StepLayer layer)
    {
        // One that is there already, in this form, or where the caches that this build used have it.
        ImportedCache? origin = layer.Promise?.Cache;
        foreach (Descriptor? known in (Descriptor?[])[_there.GetValueOrDefault(diffId.ToString()), origin?.BlobOf(diffId)])
        {
            if (known is not null && IsWanted(known) && _target.Has(known))
            {
                return known;
            }
        }

        _deadline.Moved();
        if (layer.LocalId is { } local)
        {
            return _target.Put(new LayerTar(_session.Layers, local), _location.Compression, _ => _deadline.Moved());
        }

        // It was not even fetched: it goes from there to here as it is.
        Descriptor blob = origin!.BlobOf(diffId)!;
        _target.Put(blob, origin.Repository, _ => _deadline.Moved());
        return blob;
    }

    private bool IsWanted(Descriptor blob) =>
        MediaTypes.IsLayer(blob.MediaType)
        && (!_location.ForceCompression || (_location.Compression.IsZstd ? MediaTypes.IsZstd(blob.MediaType) : MediaTypes.IsGzip(blob.MediaType)));

    /// <summary>Puts the files of a cache mount there, unless a step of another build writes to them now, or there are none.</summary>
    private Descriptor? PutMount(string id)
    {
        string directory = CacheMounts.DirectoryOf(_session.Layout, id);
        using FileLock? alone = FileLock.TryAcquire(null, Path.Combine(directory, CacheMounts.LockName), FileLockMode.Exclusive, out Errno errno);
        using Fd? data = alone is null ? null : FileAt.TryOpen(
            null, Path.Combine(directory, CacheMounts.Data), OpenFlags.PathOnly | OpenFlags.Directory | OpenFlags.NoFollow, 0, ResolveFlags.None, out errno);
        if (data is null)
        {
            _session.Observer.Note(errno == Errno.EAGAIN
                ? $"WARNING: cache {_location.Name}: the cache mount {id} is in use, and was not exported"
                : $"WARNING: cache {_location.Name}: there is no cache mount {id}");
            return null;
        }

        _deadline.Begin(TreeSize.Measure(Path.Combine(directory, CacheMounts.Data)));
        return _target.PutTree(data, _session.Layout.Staging, _ => _deadline.Moved());
    }
}
