using System;
using System.Collections.Generic;
using System.Linq;
using System.Runtime.ExceptionServices;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.References;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Upload;

namespace FastRun.Layers.Images.Pushing;

/// <summary>
/// Brings one layer to a repository, in the cheapest way that keeps its blob: it is there; the registry has it elsewhere; another
/// registry has it, and it goes from there to here. Only where none of that helps is its tar made again and compressed.
/// </summary>
/// <param name="client">The repository.</param>
/// <param name="name">Its name.</param>
/// <param name="known">Where blobs may be.</param>
/// <param name="origins">Where they are fetched from.</param>
/// <param name="layers">The image's layers.</param>
/// <param name="options">How.</param>
internal sealed class LayerPush(
    RegistryClient client, ImageReference name, Lazy<KnownBlobs> known, PushOrigins origins, ImageLayers layers, PushOptions options)
{
    private const int MostForms = 5;
    private const int MostMounts = 3;
    private const int MostOrigins = 2;

    /// <summary>Brings it.</summary>
    /// <param name="original">Its blob in the manifest that the image came by; null where there is none.</param>
    /// <param name="progress">What tells how it gets on.</param>
    /// <returns>The blob that it is there.</returns>
    /// <exception cref="RegistryException">The registry does not take it.</exception>
    /// <exception cref="LayerException">It cannot be made again.</exception>
    internal Descriptor Push(Descriptor? original, PushProgress progress)
    {
        if (original is { Urls.Count: > 0 } && MediaTypes.IsNondistributable(original.MediaType))
        {
            progress.Enter(PushState.Skipped);
            return original;
        }

        progress.Enter(PushState.Checking);
        try
        {
            return Forms(original, progress.DiffId).Select(form => TryTake(form, progress)).FirstOrDefault(static taken => taken is not null)
                ?? Compress(progress);
        }
        catch
        {
            progress.Enter(PushState.Failed);
            throw;
        }
    }

    /// <summary>The blobs that the layer was, the manifest's own first.</summary>
    private IEnumerable<Descriptor> Forms(Descriptor? original, Digest diffId)
    {
        HashSet<Digest> seen = [];
        if (original is not null && IsWanted(original) && seen.Add(original.Digest))
        {
            yield return original;
        }

        foreach (KnownBlob blob in known.Value.Of(diffId))
        {
            if (seen.Count < MostForms && IsWanted(blob.Blob) && !MediaTypes.IsNondistributable(blob.Blob.MediaType) && seen.Add(blob.Blob.Digest))
            {
                yield return blob.Blob;
            }
        }
    }

    private bool IsWanted(Descriptor blob) => !options.ForceCompression
        || (options.Compression.IsZstd ? MediaTypes.IsZstd(blob.MediaType) : MediaTypes.IsGzip(blob.MediaType));

    /// <summary>Gets a blob into the repository as it is; null where it cannot be had.</summary>
    private Descriptor? TryTake(Descriptor blob, PushProgress progress)
    {
        if (BlobUpload.Exists(client, blob.Digest, blob.Size))
        {
            progress.Enter(PushState.Exists);
            return blob;
        }

        List<(string Registry, string Repository)> places =
        [
            .. known.Value.Of(progress.DiffId).Where(each => each.Blob.Digest == blob.Digest).SelectMany(static each => each.Places)
                .Where(place => place != (name.Registry, name.Repository)),
        ];
        UploadPlace? begun = null;
        foreach (string repository in places.Where(IsHere).Select(static place => place.Repository).Take(MostMounts))
        {
            Abandon(begun);
            if (BlobUpload.TryMount(client, blob, repository, out begun))
            {
                progress.EnterMounted(repository);
                return blob;
            }
        }

        foreach ((string Registry, string Repository) place in places.OrderBy(IsHere).Take(MostOrigins))
        {
            if (origins.TryOpen(place) is { } origin && TryPass(origin, place.Registry, blob, ref begun, progress))
            {
                return blob;
            }
        }

        Abandon(begun);
        return null;
    }

    /// <summary>Sends a blob on while it comes from another repository; false where that does not give it.</summary>
    private bool TryPass(RegistryClient origin, string registry, Descriptor blob, ref UploadPlace? begun, PushProgress progress)
    {
        progress.EnterPushing(blob.Size);
        try
        {
            UploadPlace? place = begun;
            begun = null;
            new BlobUpload(client, new RemoteSource(origin, blob), Called(progress), place, progress.Advance).Send();
            progress.Enter(PushState.Pushed);
            return true;
        }
        catch (UploadFailedException e) when (e.InnerException is not OperationCanceledException)
        {
            if (e.InnerException is RegistryException { IsConnectionFailure: true })
            {
                origins.MarkOut(registry);
            }

            progress.Enter(PushState.Checking);
            return false;
        }
        catch (UploadFailedException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private Descriptor Compress(PushProgress progress)
    {
        LayerTar tar = layers.Find(progress.DiffId);
        progress.EnterPushing(tar.Size);
        try
        {
            CompressedSource source = new(tar, options.Compression, progress.Advance);
            (Digest digest, long size) = new BlobUpload(client, source, Called(progress), place: null, static _ => { }).Send();
            progress.Enter(PushState.Pushed);
            return new Descriptor(options.Compression.IsZstd ? MediaTypes.OciLayerZstd : MediaTypes.OciLayerGzip, digest, size);
        }
        catch (UploadFailedException e)
        {
            ExceptionDispatchInfo.Throw(e.InnerException!);
            throw;
        }
    }

    private bool IsHere((string Registry, string Repository) place) => place.Registry == name.Registry;

    private void Abandon(UploadPlace? place)
    {
        if (place is not null)
        {
            BlobUpload.Abandon(client, place);
        }
    }

    private static string Called(PushProgress progress) => $"layer {progress.DiffId}";
}
