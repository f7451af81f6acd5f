using System;
using System.Collections.Generic;
using System.Text;
using System.Threading;
using FastRun.Engine.Build.Progress;
using FastRun.Layers.Images.Artifacts;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Native;

namespace FastRun.Engine.Build.Cache.Exchange;

/// <summary>
/// A cache from elsewhere. Its document is fetched on a thread of its own when the first step is not found here, its layers when a step
/// is done upon them. After one failure it is asked for nothing more.
/// </summary>
internal sealed class ImportedCache : IDisposable
{
    /// <summary>More than a document takes to come, since a thread may be stuck where no time-out reaches.</summary>
    private static readonly TimeSpan s_grace = TimeSpan.FromSeconds(2);

    private readonly BuildSession _session;
    private readonly ExchangeDeadline _deadline;
    private readonly Dictionary<string, ImportedStep> _steps = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Descriptor> _mounts = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Descriptor> _layers = new(StringComparer.Ordinal);
    private Thread? _loading;
    private ArtifactRepository? _repository;
    private volatile bool _isLoaded;
    private volatile bool _isOff;

    internal ImportedCache(BuildSession session, CacheImports imports, CacheLocation location)
    {
        (_session, Imports, Location) = (session, imports, location);
        _deadline = new ExchangeDeadline(location.Timeout, session.Cancellation);
    }

    internal CacheLocation Location { get; }

    /// <summary>All of the build's.</summary>
    internal CacheImports Imports { get; }

    /// <summary>Begins to fetch what it says, once.</summary>
    internal void Start()
    {
        lock (_deadline)
        {
            if (_loading is null)
            {
                _deadline.Begin();
                _loading = new Thread(Load) { IsBackground = true, Name = "cache" };
                _loading.Start();
            }
        }
    }

    /// <summary>What it says of a step; null where it says nothing. Waits for it, but not for long.</summary>
    internal ImportedStep? Find(string key) => IsThere() && _steps.TryGetValue(key, out ImportedStep? step) ? step : null;

    /// <summary>The blob that a layer is there; null where it is not.</summary>
    internal Descriptor? BlobOf(Digest diffId) => _isLoaded ? _layers.GetValueOrDefault(diffId.ToString()) : null;

    /// <summary>Where it is.</summary>
    internal ArtifactRepository Repository => _repository ?? throw new InvalidOperationException();

    /// <summary>Whether its layers may still be had.</summary>
    internal bool IsOff => _isOff;

    /// <summary>Fetches the layers of steps on top of others.</summary>
    /// <param name="below">The layers below, topmost first; gets all.</param>
    /// <param name="layers">The layers, bottom first.</param>
    /// <returns>Their local ids; null where they cannot be had, which was said.</returns>
    internal IReadOnlyList<string>? Fetch(List<string> below, IReadOnlyList<LayerSource> layers)
    {
        if (_isOff)
        {
            return null;
        }

        return Guarded($"cache {Location.Name}: its layers cannot be had, so their steps are done", () =>
        {
            long bytes = 0;
            foreach (LayerSource layer in layers)
            {
                bytes += Math.Min(layer.Size, long.MaxValue - bytes);
            }

            _deadline.Begin(bytes);
            return new LayerPipeline(_session.Layers).Extend(below, layers, _deadline.Token);
        });
    }

    /// <summary>Unpacks the files of a cache mount.</summary>
    /// <param name="id">Its id.</param>
    /// <param name="directory">An empty directory, which is to be made anew where this fails.</param>
    /// <returns>Whether it is there now.</returns>
    internal bool TryUnpackMount(string id, Fd directory)
    {
        if (!IsThere() || !_mounts.TryGetValue(id, out Descriptor? blob))
        {
            return false;
        }

        return Guarded($"cache {Location.Name}: the cache mount {id} cannot be had", () =>
        {
            _deadline.Begin(blob.Size);
            Repository.UnpackTree(blob, directory, _session.Layout.Staging, $"the cache mount {id}");
            return _steps;
        }) is not null;
    }

    public void Dispose()
    {
        _loading?.Join(s_grace);
        _repository?.Dispose();
        _deadline.Dispose();
    }

    private bool IsThere()
    {
        Start();
        if (!_isLoaded && !_loading!.Join(Location.Timeout + s_grace))
        {
            _isOff = true;
        }

        _session.Cancellation.ThrowIfCancellationRequested();
        return _isLoaded && !_isOff;
    }

    private void Load()
    {
        _session.Observer.Do($"importing cache manifest from {Location.Place}", vertex =>
            Guarded($"cache {Location.Name}: it is not used", () => Load(vertex)));
        _isLoaded = true;
    }

    private Dictionary<string, ImportedStep> Load(BuildVertex vertex)
    {
        _repository = CachePlaces.Open(Location, _session.Request.Client?.Credentials, pushes: false, _deadline.Token);
        foreach (Platform platform in _session.Targets)
        {
            // An image has a list of its own for each platform; a cache has one for all.
            if (!Load(_repository, platform, vertex))
            {
                break;
            }
        }

        return _steps;
    }

    /// <returns>Whether there may be another for another platform.</returns>
    private bool Load(ArtifactRepository repository, Platform platform, BuildVertex vertex)
    {
        if (repository.TryFetch(platform) is not { Config: { } config } manifest)
        {
            _session.Observer.Status(vertex, "there is none yet");
            return false;
        }

        if (config.MediaType == CacheDocument.MediaType)
        {
            Take(CacheDocumentJson.Decode(repository.Fetch(config), manifest.Layers.Count, Location.Place), manifest, diffIds: null);
            return false;
        }

        if (MediaTypes.IsConfig(config.MediaType)
            && ImageConfig.Parse(repository.Fetch(config), Location.Place) is { InlineCache: { } inline } image
            && image.DiffIds.Count == manifest.Layers.Count)
        {
            Take(CacheDocumentJson.Decode(Encoding.UTF8.GetBytes(inline), image.DiffIds.Count, Location.Place), manifest, image.DiffIds);
            return true;
        }

        _session.Observer.Status(vertex, config.MediaType == CacheDocument.BuildKitMediaType
            ? "it is one of BuildKit, whose keys mean nothing here"
            : "the image says nothing of its steps");
        return false;
    }

    private void Take(CacheDocument document, ManifestDocument manifest, IReadOnlyList<Digest>? diffIds)
    {
        for (int i = 0; i < (document.Layers?.Count ?? diffIds?.Count ?? 0); i++)
        {
            _layers.TryAdd((document.Layers?[i] ?? diffIds![i].ToString())!, manifest.Layers[i]);
        }

        foreach (CachedStep step in document.Steps)
        {
            LayerSource? layer = null;
            if (step.Layer is { } index)
            {
                Descriptor blob = manifest.Layers[index];
                if (!MediaTypes.IsLayer(blob.MediaType))
                {
                    continue;
                }

                layer = Repository.Layer(blob, document.Layers is { } listed ? Digest.Parse(listed[index]) : diffIds![index]);
            }

            _steps.TryAdd(step.Key, new ImportedStep(this, layer, step.CreatedAt));
        }

        foreach (CachedMount mount in document.Mounts)
        {
            _mounts.TryAdd(mount.Id, manifest.Layers[mount.Layer]);
        }
    }

    /// <summary>Does something with a deadline, and warns in one line where it fails.</summary>
    private T? Guarded<T>(string what, Func<T> action)
        where T : class
    {
        try
        {
            return action();
        }
        catch (Exception e) when (ExchangeFailure.Is(e))
        {
            _isOff = true;
            if (!_session.Cancellation.IsCancellationRequested)
            {
                _session.Observer.Note(ExchangeFailure.Describe(what, e));
            }

            return null;
        }
        finally
        {
            _deadline.Rest();
        }
    }
}
