using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Layers.Oci;
using FastRun.Native;

namespace FastRun.Layers.Hosting.Upstream;

/// <content>Blobs: from the disk, or as they come.</content>
public sealed partial class RegistryCache
{
    private const int LastFetches = 5000;

    private readonly Dictionary<(RepositoryName Repository, Digest Digest), BlobFetch> _fetches = [];

    /// <inheritdoc/>
    public async ValueTask<HostedBlob?> FindBlobAsync(RepositoryName repository, Digest digest, CancellationToken cancellation)
    {
        while (true)
        {
            if (_directory.FindBlob(repository, digest) is { } known)
            {
                _directory.MarkUsed(digest);
                return known;
            }

            BlobFetch fetch = FetchOf(repository, digest);
            if (!fetch.TryEnter())
            {
                // It has just ended: what it brought is here.
                continue;
            }

            FetchedBlob blob = new(fetch, 0);
            try
            {
                long? size = await fetch.Size.WaitAsync(cancellation).ConfigureAwait(false);
                if (size is null or < 0)
                {
                    blob.Dispose();
                    if (size is null)
                    {
                        return null;
                    }

                    continue;
                }

                return new FetchedBlob(fetch, size.Value);
            }
            catch
            {
                blob.Dispose();
                throw;
            }
        }
    }

    /// <summary>Lets fetches that were given up remove what they wrote.</summary>
    private void AwaitFetches()
    {
        long end = Environment.TickCount64 + LastFetches;
        lock (_fetches)
        {
            while (_fetches.Count > 0 && end - Environment.TickCount64 is > 0 and var left)
            {
                Monitor.Wait(_fetches, (int)left);
            }
        }
    }

    private BlobFetch FetchOf(RepositoryName repository, Digest digest)
    {
        lock (_fetches)
        {
            if (!_fetches.TryGetValue((repository, digest), out BlobFetch? fetch))
            {
                fetch = new BlobFetch();
                _fetches[(repository, digest)] = fetch;
                _ = RunAsync(fetch, repository, digest);
            }

            return fetch;
        }
    }

    private async Task RunAsync(BlobFetch fetch, RepositoryName repository, Digest digest)
    {
        await Task.Yield();
        try
        {
            await _questions.WaitAsync(_stop.Token).ConfigureAwait(false);
            try
            {
                await Task.Factory.StartNew(
                    () => Fetch(fetch, repository, digest), _stop.Token, TaskCreationOptions.LongRunning, TaskScheduler.Default).ConfigureAwait(false);
            }
            finally
            {
                _questions.Release();
            }
        }
        catch (HostingException e)
        {
            fetch.Fail(e);
        }
#pragma warning disable CA1031 // Whoever waits must hear of it, whatever it is.
        catch (Exception e)
#pragma warning restore CA1031
        {
            string why = e is SyscallException ? e.Message : "the cache failed";
            fetch.Fail(new HostingException(HostingFault.Unavailable, $"{repository}@{digest}: {why}", e));
        }
        finally
        {
            lock (_fetches)
            {
                _fetches.Remove((repository, digest));
                Monitor.PulseAll(_fetches);
            }

            fetch.Leave();
        }
    }

    private void Fetch(BlobFetch fetch, RepositoryName repository, Digest digest)
    {
        if (_upstream.FindBlobSize(repository, digest) is not { } size)
        {
            fetch.EndUnknown();
            return;
        }

        if (_directory.TryAdopt(repository, digest, size))
        {
            // Another repository brought it, and this one has it, too, as the registry says.
            fetch.EndAdopted();
            return;
        }

        MakeRoom(size);
        using BlobUpload upload = _directory.BeginUpload(repository);
        try
        {
            fetch.Begin(upload.OpenForReading(), size);
            _upstream.FetchBlob(repository, new Descriptor("application/octet-stream", digest, size), content =>
            {
                upload.Append(content);
                fetch.Advance(content.Length);
            });
            upload.Complete(digest);
        }
        finally
        {
            upload.Cancel();
        }

        Interlocked.Add(ref _occupied, size);
        fetch.Complete();
    }

    /// <summary>Makes room for what comes, by removing what was not used for longest.</summary>
    private void MakeRoom(long size)
    {
        if (_maxSize is not { } most)
        {
            return;
        }

        if (size > most)
        {
            throw new HostingException(HostingFault.TooLarge, "it is larger than all that this cache may keep");
        }

        if (Interlocked.Read(ref _occupied) + size > most)
        {
            Interlocked.Exchange(ref _occupied, _directory.Evict(most - size));
        }
    }
}
