using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry;

namespace FastRun.Layers.Hosting.Upstream;

/// <summary>
/// A registry before another one: what is asked for is fetched once, given on as it comes, and kept. What a tag means is asked
/// again after a while; where nobody answers, what is known counts.
/// </summary>
public sealed partial class RegistryCache : IHostedContent, IDisposable
{
    // How many questions at once the other registry is asked; more wait.
    private const int MostQuestions = 32;

    private static readonly TimeSpan s_outFor = TimeSpan.FromSeconds(10);

    private readonly RegistryDirectory _directory;
    private readonly UpstreamRegistry _upstream;
    private readonly TimeSpan _tagLifetime;
    private readonly long? _maxSize;
    private readonly SemaphoreSlim _questions = new(MostQuestions);
    private readonly CancellationTokenSource _stop = new();
    private readonly Dictionary<string, Task> _underWay = new(StringComparer.Ordinal);
    private long _outUntil;
    private long _occupied;

    /// <summary>Opens a cache.</summary>
    /// <param name="path">Its directory; made where it is missing.</param>
    /// <param name="upstream">The registry that it stands before, as references name it.</param>
    /// <param name="configuration">How that is reached. Its mirrors are not asked: this may be one of them.</param>
    /// <param name="credentials">What is shown to it.</param>
    /// <param name="options">How long and how much is kept.</param>
    /// <exception cref="HostingException">The directory holds something else, or the name is none.</exception>
    public RegistryCache(
        string path, string upstream, RegistryConfiguration configuration, IRegistryCredentials credentials, RegistryCacheOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        if (!ReferenceGrammar.IsRegistry(upstream))
        {
            throw new HostingException(
                HostingFault.NameInvalid, $"{ReferenceGrammar.Quote(upstream)}: not the name of a registry: HOST or HOST:PORT is one");
        }

        _directory = RegistryDirectory.OpenCache(path, upstream);
        _upstream = new UpstreamRegistry(upstream, new RegistryClientOptions
        {
            Configuration = configuration.WithoutMirrorsOf(upstream),
            Credentials = credentials,
            Timeouts = new RegistryTimeouts { Connect = TimeSpan.FromSeconds(10), Progress = TimeSpan.FromSeconds(30), Attempts = 3 },
            Stop = _stop.Token,
        });
        (_tagLifetime, _maxSize) = (options.TagLifetime, options.MaxSize);
        _occupied = _maxSize is null ? 0 : _directory.MeasureBlobs();
    }

    /// <inheritdoc/>
    public async ValueTask<HostedManifest?> FindManifestAsync(
        RepositoryName repository, ManifestReference reference, CancellationToken cancellation)
    {
        HostedManifest? known = FindKnown(repository, reference);
        if (known is not null && (reference.Tag is null || IsFresh(repository, reference.Tag)))
        {
            _directory.MarkUsed(known.Digest);
            return known;
        }

        return await OnceAsync($"manifest {repository} {reference}", () => Fetch(repository, reference, known), cancellation)
            .ConfigureAwait(false);
    }

    /// <inheritdoc/>
    public async ValueTask<long?> FindBlobSizeAsync(RepositoryName repository, Digest digest, CancellationToken cancellation) =>
        await _directory.FindBlobSizeAsync(repository, digest, cancellation).ConfigureAwait(false)
        ?? await OnceAsync($"size {repository} {digest}", () => _upstream.FindBlobSize(repository, digest), cancellation).ConfigureAwait(false);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<string>?> ListTagsAsync(RepositoryName repository, CancellationToken cancellation)
    {
        try
        {
            IReadOnlyList<string>? tags = await OnceAsync($"tags {repository}", () => _upstream.ListTags(repository), cancellation).ConfigureAwait(false);
            return tags is null ? null : Sorted(tags);
        }
        catch (HostingException e) when (IsOut(e) && _directory.HasRepository(repository))
        {
            return _directory.ListTags(repository);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<Referrer>> ListReferrersAsync(
        RepositoryName repository, Digest subject, CancellationToken cancellation)
    {
        try
        {
            byte[]? list = await OnceAsync(
                $"referrers {repository} {subject}", () => _upstream.FetchReferrers(repository, subject), cancellation).ConfigureAwait(false);
            return list is null ? [] : ReadReferrers(list);
        }
        catch (HostingException e) when (IsOut(e) && _directory.HasRepository(repository))
        {
            return _directory.ListReferrers(repository, subject);
        }
    }

    /// <inheritdoc/>
    public IReadOnlyList<RepositoryName> ListRepositories() => _directory.ListRepositories();

    /// <inheritdoc/>
    public void Dispose()
    {
        _stop.Cancel();
        AwaitFetches();
        _directory.Dispose();
        _questions.Dispose();
        _stop.Dispose();
    }

    private HostedManifest? FindKnown(RepositoryName repository, ManifestReference reference)
    {
        try
        {
            return _directory.FindManifest(repository, reference);
        }
        catch (CorruptContentException)
        {
            // It is fetched again.
            return null;
        }
    }

    private bool IsFresh(RepositoryName repository, string tag) =>
        _directory.AgeOfTag(repository, tag) is { } age && age >= TimeSpan.Zero && age < _tagLifetime;

    private HostedManifest? Fetch(RepositoryName repository, ManifestReference reference, HostedManifest? known)
    {
        if (known is not null && Environment.TickCount64 < Volatile.Read(ref _outUntil))
        {
            return known with { IsStale = true };
        }

        try
        {
            if (known is not null && _upstream.ResolveTag(repository, reference.Tag!) == known.Digest)
            {
                _directory.RefreshTag(repository, reference.Tag!);
                return known;
            }

            if (_upstream.FetchManifest(repository, reference) is not { } fetched)
            {
                if (reference.Tag is { } gone)
                {
                    _directory.ForgetTag(repository, gone);
                }

                return null;
            }

            MakeRoom(fetched.Bytes.Length);
            HostedManifest manifest = _directory.KeepFetched(repository, reference, fetched.Digest, fetched.MediaType, fetched.Bytes);
            Interlocked.Add(ref _occupied, fetched.Bytes.Length);
            return manifest;
        }
        catch (HostingException e) when (known is not null && IsOut(e))
        {
            Volatile.Write(ref _outUntil, Environment.TickCount64 + (long)s_outFor.TotalMilliseconds);
            return known with { IsStale = true };
        }
    }

    private static bool IsOut(HostingException e) => e.Fault is HostingFault.Unavailable or HostingFault.TooManyRequests;

    private static List<string> Sorted(IReadOnlyList<string> tags)
    {
        List<string> sorted = [.. tags];
        sorted.Sort(RegistryDirectory.Order);
        return sorted;
    }

    private static List<Referrer> ReadReferrers(byte[] list)
    {
        try
        {
            List<Referrer> referrers = [];
            foreach (Descriptor descriptor in ManifestDocument.Parse(list, "the list of referrers", MediaTypes.OciIndex).Manifests)
            {
                referrers.Add(new Referrer(
                    descriptor, descriptor.ArtifactType, descriptor.Annotations.Count == 0 ? null : descriptor.Annotations));
            }

            referrers.Sort(static (one, other) =>
                string.CompareOrdinal(one.Descriptor.Digest.ToString(), other.Descriptor.Digest.ToString()));
            return referrers;
        }
        catch (CorruptContentException e)
        {
            throw new HostingException(HostingFault.Unavailable, e.Message, e);
        }
    }

    /// <summary>Asks on a thread of its own; whoever wants the same meanwhile waits for that answer.</summary>
    private async Task<T> OnceAsync<T>(string question, Func<T> ask, CancellationToken cancellation)
    {
        Task<T> answer;
        lock (_underWay)
        {
            if (_underWay.TryGetValue(question, out Task? asked))
            {
                answer = (Task<T>)asked;
            }
            else
            {
                answer = AskAsync(question, ask);
                _underWay[question] = answer;
            }
        }

        return await answer.WaitAsync(cancellation).ConfigureAwait(false);
    }

    private async Task<T> AskAsync<T>(string question, Func<T> ask)
    {
        await Task.Yield();
        try
        {
            await _questions.WaitAsync(_stop.Token).ConfigureAwait(false);
            try
            {
                return await Task.Factory.StartNew(ask, _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            }
            finally
            {
                _questions.Release();
            }
        }
        finally
        {
            lock (_underWay)
            {
                _underWay.Remove(question);
            }
        }
    }
}
