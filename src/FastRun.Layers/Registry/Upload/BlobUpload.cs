using System;
using System.Collections.Generic;
using System.Linq;
using System.Net;
using System.Net.Http;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry.Http;

namespace FastRun.Layers.Registry.Upload;

/// <summary>
/// Brings one blob to a repository (OCI distribution-spec 1.1, "Push"): begun by POST, streamed by PATCH, ended by PUT. What breaks
/// goes on at the byte that the registry states, or where it knows of no such upload, from the beginning.
/// </summary>
internal sealed class BlobUpload
{
    // So much more of the blob means that the line is bad, not dead: failures are counted anew.
    private const long Progress = 1 << 20;

    // A config goes with the last request.
    private const int SmallBlob = 1 << 20;

    private readonly RegistryClient _client;
    private readonly UploadSource _source;
    private readonly string _subject;
    private readonly Action<long> _sent;
    private readonly RetryPause _pause;
    private (Digest Digest, long Size)? _read;
    private UploadPlace? _place;
    private long _failedAt;
    private int _failures;

    /// <summary>Prepares an upload.</summary>
    /// <param name="client">The repository, opened to push.</param>
    /// <param name="source">The blob.</param>
    /// <param name="called">What messages call the blob.</param>
    /// <param name="place">Where it was begun already, by a mount that was not granted; null for none.</param>
    /// <param name="sent">Hears how many bytes the registry may have now.</param>
    internal BlobUpload(RegistryClient client, UploadSource source, string called, UploadPlace? place, Action<long> sent)
    {
        (_client, _source, _place, _sent) = (client, source, place, sent);
        _subject = $"{client.Name}: {called}";
        _pause = new RetryPause(client.Options.Timeouts, client.Options.Stop);
    }

    /// <summary>Whether a repository has a blob.</summary>
    /// <param name="client">The repository.</param>
    /// <param name="digest">The blob's digest.</param>
    /// <param name="size">Its length, where that is known: one of another length is as good as none.</param>
    /// <param name="once">Whether a failure is told at once.</param>
    internal static bool Exists(RegistryClient client, Digest digest, long? size, bool once = false)
    {
        RegistryRequest request = Request(client, HttpMethod.Head, $"blobs/{digest}", client.SubjectOf(digest)) with { IsOnce = once };
        try
        {
            return client.Ask(request, (_, response) =>
                (RegistryClient.StatedDigest(response) ?? digest) == digest
                && (size ?? response.Content.Headers.ContentLength) == (response.Content.Headers.ContentLength ?? size));
        }
        catch (RegistryException e) when (e.Kind == RegistryErrorKind.NotFound)
        {
            return false;
        }
    }

    /// <summary>
    /// Asks for a blob that another repository of the registry has. Where that is not granted, the upload that the registry began
    /// instead is what it comes to.
    /// </summary>
    /// <returns>Whether the blob is there now.</returns>
    internal static bool TryMount(RegistryClient client, Descriptor blob, string from, out UploadPlace? begun)
    {
        RegistryRequest request = Request(client, HttpMethod.Post, "blobs/uploads/", client.SubjectOf(blob.Digest)) with
        {
            Query = $"mount={Uri.EscapeDataString(blob.Digest.ToString())}&from={Uri.EscapeDataString(from)}",
            Scopes = [$"repository:{from}:pull"],
        };
        UploadPlace? place = null;
        bool isMounted;
        try
        {
            isMounted = client.Ask(request, (_, response) =>
            {
                if (response.StatusCode == HttpStatusCode.Accepted)
                {
                    place = PlaceOf(request, response, 0);
                }

                return response.StatusCode == HttpStatusCode.Created;
            });
        }
        catch (RegistryException e) when (e.Kind is not (RegistryErrorKind.Unavailable or RegistryErrorKind.TooManyRequests))
        {
            // Whoever may not read the other repository can still send the blob.
            isMounted = false;
        }

        begun = place;
        return isMounted && Exists(client, blob.Digest, blob.Size);
    }

    /// <summary>Gives up an upload that is not needed; the registry forgets it in time, whether it hears this or not.</summary>
    internal static void Abandon(RegistryClient client, UploadPlace place)
    {
        try
        {
            client.Ask(
                Request(client, HttpMethod.Delete, "", client.Name) with { Target = place.Location, IsOnce = true },
                static (_, _) => true);
        }
        catch (RegistryException)
        {
            client.Options.Stop.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Sends the blob.</summary>
    /// <returns>Its digest and size.</returns>
    /// <exception cref="RegistryException">The registry does not take it.</exception>
    /// <exception cref="UploadFailedException">It cannot be read.</exception>
    internal (Digest Digest, long Size) Send()
    {
        while (true)
        {
            try
            {
                _place ??= Begin();
                return _source is BytesSource && _source.Size <= SmallBlob ? SendWhole(_place) : Commit(Stream(_place));
            }
            catch (RegistryException e) when (IsWorthAnother(e))
            {
                CountFailure(e);
            }

            if (_read is { } read && HasArrived(read))
            {
                return read;
            }

            _place = _place is null ? null : FindPlace(_place);
        }
    }

    private UploadPlace Begin()
    {
        RegistryRequest request = Request(_client, HttpMethod.Post, "blobs/uploads/", _subject) with { IsOnce = true };
        return _client.Ask(request, (_, response) => PlaceOf(request, response, 0));
    }

    /// <summary>Streams what the registry does not have, in one request.</summary>
    private UploadPlace Stream(UploadPlace place)
    {
        if (_read is { } all && all.Size == place.Offset)
        {
            return place;
        }

        UploadBody? body = null;
        RegistryRequest request = Request(_client, HttpMethod.Patch, "", _subject) with
        {
            Target = place.Location,
            IsOnce = true,
            Body = () => body = new UploadBody(_source, place.Offset, _sent),
        };
        try
        {
            return _client.Ask(request, (_, response) => Next(place, request, response, body?.Sent ?? throw Wrong("answers before it has the blob")));
        }
        finally
        {
            // Also where only the answer is missing.
            _read = body?.Sent ?? _read;
        }
    }

    private UploadPlace Next(
        UploadPlace place, RegistryRequest request, HttpResponseMessage response, (Digest Digest, long Size) sent)
    {
        long there = RangeEnd(response) ?? sent.Size;
        UploadPlace next = PlaceOf(request, response, there, place.Location);
        if (there == sent.Size && place.Offset <= sent.Size)
        {
            return _place = next;
        }

        _place = there < sent.Size ? next : null;
        throw new RegistryException(
            RegistryErrorKind.Unavailable, $"{_subject}: the registry says that it has {there} bytes of {sent.Size}")
        {
            IsTransient = true,
        };
    }

    private (Digest Digest, long Size) SendWhole(UploadPlace place)
    {
        _read = (_source.Digest!.Value, _source.Size!.Value);
        return Put(place, () => new UploadBody(_source, 0, _sent));
    }

    private (Digest Digest, long Size) Commit(UploadPlace place) => Put(place, body: null);

    private (Digest Digest, long Size) Put(UploadPlace place, Func<HttpContent>? body)
    {
        (Digest digest, long size) = _read!.Value;
        string separator = place.Location.Query.Length == 0 ? "?" : "&";
        RegistryRequest request = Request(_client, HttpMethod.Put, "", _subject) with
        {
            Target = new Uri($"{place.Location.AbsoluteUri}{separator}digest={Uri.EscapeDataString(digest.ToString())}"),
            IsOnce = true,
            Body = body,
        };
        Digest? stated = _client.Ask(request, (_, response) => response.StatusCode is HttpStatusCode.Created or HttpStatusCode.NoContent
            ? RegistryClient.StatedDigest(response)
            : throw Wrong($"answers {(int)response.StatusCode} where it should have the blob"));
        if (stated is { } other && other != digest)
        {
            throw new RegistryException(
                RegistryErrorKind.DigestMismatch, $"{_subject}: the registry has it with the digest {other}, not {digest}");
        }

        return stated is not null || Exists(_client, digest, size)
            ? (digest, size)
            : throw Wrong("says that it has the blob, but does not have it");
    }

    /// <summary>A failed end may have been one only on the way back.</summary>
    private bool HasArrived((Digest Digest, long Size) read)
    {
        try
        {
            return Exists(_client, read.Digest, read.Size, once: true);
        }
        catch (RegistryException e) when (IsWorthAnother(e))
        {
            return false;
        }
    }

    /// <summary>Where the upload goes on; null where it has to begin anew.</summary>
    private UploadPlace? FindPlace(UploadPlace place)
    {
        RegistryRequest request = Request(_client, HttpMethod.Get, "", _subject) with { Target = place.Location, IsOnce = true };
        long most = _source.Size ?? _read?.Size ?? long.MaxValue;
        try
        {
            // Some registries call both nothing and one byte 0-0.
            return _client.Ask(request, (_, response) => RangeEnd(response) is { } there and > 1 && there <= most
                ? PlaceOf(request, response, there, place.Location)
                : null);
        }
        catch (RegistryException e) when (IsWorthAnother(e))
        {
            return null;
        }
    }

    /// <summary>
    /// Whether the same may succeed later or from the beginning. The first connection of all must succeed: after that a registry
    /// that is out may be one that restarts.
    /// </summary>
    private bool IsWorthAnother(RegistryException e) => e.Kind switch
    {
        RegistryErrorKind.Unavailable => e.IsTransient || (e.IsConnectionFailure && (_place is not null || _failures > 0)),
        RegistryErrorKind.TooManyRequests => true,
        RegistryErrorKind.NotFound or RegistryErrorKind.Protocol => _place is not null,
        _ => false,
    };

    private void CountFailure(RegistryException failure)
    {
        long there = _place?.Offset ?? 0;
        if (there - _failedAt >= Progress)
        {
            _failures = 0;
        }

        _failedAt = there;
        if (++_failures >= _client.Options.Timeouts.Attempts)
        {
            throw failure;
        }

        _pause.Wait(_failures, failure.RetryAfter);
    }

    /// <summary>Where a response says that the upload goes on.</summary>
    private static UploadPlace PlaceOf(RegistryRequest request, HttpResponseMessage response, long offset, Uri? otherwise = null)
    {
        Uri from = response.RequestMessage!.RequestUri!;
        Uri? to = response.Headers.Location ?? otherwise;
        if (to is null)
        {
            throw new RegistryException(RegistryErrorKind.Protocol, $"{request.Subject}: the registry does not say where the upload goes on");
        }

        try
        {
            return new UploadPlace(HttpTransport.RequireFollowable(from, new Uri(from, to)), offset);
        }
        catch (RegistryException e)
        {
            throw new RegistryException(e.Kind, $"{request.Subject}: the upload's location: {e.Message}", e);
        }
    }

    /// <summary>How many bytes are there by the header Range, <c>0-99</c>; null where it says nothing of use.</summary>
    private static long? RangeEnd(HttpResponseMessage response)
    {
        if (!response.Headers.TryGetValues("Range", out IEnumerable<string>? values))
        {
            return null;
        }

        string text = values.First();
        text = text.StartsWith("bytes=", StringComparison.Ordinal) ? text[6..] : text;
        return text.StartsWith("0-", StringComparison.Ordinal)
            && long.TryParse(text.AsSpan(2), System.Globalization.NumberStyles.None, null, out long last) && last < long.MaxValue
            ? last + 1
            : null;
    }

    private static RegistryRequest Request(RegistryClient client, HttpMethod method, string path, string subject) =>
        new(method, path, subject) { Noun = "upload", Verb = "push" };

    private RegistryException Wrong(string what) => new(RegistryErrorKind.Protocol, $"{_subject}: the registry {what}");
}
