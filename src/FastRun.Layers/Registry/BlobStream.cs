using System;
using System.Buffers;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry.Http;

namespace FastRun.Layers.Registry;

/// <summary>
/// A part of a blob, from front to back. A connection that breaks or stalls is replaced by one that goes on at the byte
/// where it broke, by Range, or from the start where the server ignores that: what is known already is then thrown away.
/// Reads go straight from the socket into the caller's buffer.
/// </summary>
internal sealed class BlobStream : ReadOnlyStream
{
    // So much more of the blob means that the line is bad, not dead: failures are counted anew.
    private const int Progress = 1 << 20;
    private const int DiscardBlock = 128 << 10;

    private readonly RegistryClient _client;
    private readonly RegistryRequest _request;
    private readonly RegistryClientOptions _options;
    private readonly RetryPause _pause;
    private readonly IReadOnlyList<string> _urls;
    private readonly HashSet<EndpointSession> _asked = [];
    private readonly long _size;
    private readonly long _end;
    private long _position;
    private long _failedAt;
    private int _failures;
    private bool _isRangeBroken;
    private Stream? _body;
    private HttpResponseMessage? _response;
    private bool _isChecked;

    /// <summary>The whole blob.</summary>
    internal BlobStream(RegistryClient client, Descriptor blob, RegistryClientOptions options)
        : this(client, blob, 0, blob.Size, options)
    {
    }

    /// <summary>The bytes from <paramref name="start"/> to before <paramref name="end"/>.</summary>
    internal BlobStream(RegistryClient client, Descriptor blob, long start, long end, RegistryClientOptions options)
    {
        (_client, _options, _size, _position, _end) = (client, options, blob.Size, start, end);
        (_failedAt, _urls) = (start, blob.Urls);
        _pause = new RetryPause(options.Timeouts, options.Stop);
        _request = new RegistryRequest(HttpMethod.Get, $"blobs/{blob.Digest}", client.SubjectOf(blob.Digest)) { Noun = "blob" };
    }

    public override int Read(Span<byte> buffer)
    {
        if (buffer.IsEmpty || (_position == _end && (_isChecked || _size == 0)))
        {
            return 0;
        }

        while (true)
        {
            RegistryException failure;
            try
            {
                return TryRead(buffer);
            }
            catch (RegistryException e) when (e.IsConnectionFailure && !e.IsTransient && _position > 0)
            {
                // The registry restarts, say. What is transient was tried often enough when it was asked for.
                failure = e;
            }
            catch (Exception e) when (TransportFault.Is(e))
            {
                failure = TransportFault.Describe(_request.Subject, "the registry", e, _options.Stop);
            }

            Drop();
            CountFailure(failure);
        }
    }

    /// <summary>
    /// The bytes were wrong, or could not be had. The mirrors that gave them are not asked for anything again; false where none
    /// did, so that another stream of the blob would give the same.
    /// </summary>
    internal bool AvoidMirrors() => _client.Avoid(_asked);

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            Drop();
        }

        base.Dispose(disposing);
    }

    private int TryRead(Span<byte> buffer)
    {
        long left = _end - _position;
        if (left == 0)
        {
            RequireEnd();
            return 0;
        }

        _body ??= Connect();

        int read = _body.Read(buffer.Length > left ? buffer[..(int)left] : buffer);
        if (read == 0)
        {
            throw new EndOfStreamException();
        }

        _position += read;
        return read;
    }

    /// <summary>A body without a stated length may go on: then it is not the blob.</summary>
    private void RequireEnd()
    {
        _isChecked = true;
        if (_end == _size && _response?.Content.Headers.ContentLength is null && _body is not null && GoesOn(_body))
        {
            throw Wrong("sends more than the blob's size");
        }

        Drop();
    }

    private static bool GoesOn(Stream body)
    {
        try
        {
            return body.ReadByte() >= 0;
        }
        catch (Exception e) when (TransportFault.Is(e))
        {
            // All bytes are there; how the connection ended does not matter any more.
            return false;
        }
    }

    private Stream Connect()
    {
        bool isPart = !_isRangeBroken && (_position > 0 || _end < _size);
        RegistryRequest request = isPart
            ? _request with { Offset = _position, LastByte = _end < _size ? _end - 1 : null }
            : _request;
        try
        {
            _response = Ask(request);
        }
        catch (RegistryException e) when (isPart && e.Kind is RegistryErrorKind.Protocol)
        {
            // 416 and the like: this server cannot do it, or thinks that it cannot.
            _isRangeBroken = true;
            _response = Ask(_request);
        }

        long start = RequirePlausible(_response);
        Stream body = _response.Content.ReadAsStream();
        Discard(body, _position - start);
        return body;
    }

    /// <summary>The registry first; what it need not have (a foreign layer) may be elsewhere.</summary>
    private HttpResponseMessage Ask(RegistryRequest request)
    {
        try
        {
            return _client.Ask(request, (session, response) =>
            {
                _asked.Add(session);
                return response;
            });
        }
        catch (RegistryException e) when (e.Kind == RegistryErrorKind.NotFound && _urls.Count > 0)
        {
            if (_client.AskElsewhere(request, _urls) is { } elsewhere)
            {
                return elsewhere;
            }

            throw;
        }
    }

    /// <summary>Checks what the response says of itself, and returns the offset at which it begins.</summary>
    private long RequirePlausible(HttpResponseMessage response)
    {
        HttpContentHeaders headers = response.Content.Headers;
        if (headers.ContentEncoding.Count > 0)
        {
            throw Wrong("sends the blob in another encoding");
        }

        if (response.StatusCode == HttpStatusCode.OK)
        {
            return headers.ContentLength is not { } length || length == _size
                ? 0
                : throw Wrong($"says that the blob has {length} bytes, but its descriptor says {_size}");
        }

        ContentRangeHeaderValue? range = headers.ContentRange;
        if (response.StatusCode == HttpStatusCode.PartialContent
            && range is { From: { } from, To: { } to, Unit: "bytes" }
            && from == _position && to < _size && (range.Length ?? _size) == _size
            && (headers.ContentLength ?? (to - from + 1)) == to - from + 1)
        {
            return from;
        }

        if (_isRangeBroken)
        {
            throw Wrong($"answers {(int)response.StatusCode} where the whole blob was asked for");
        }

        // Another part than was asked for. From the start, then.
        _isRangeBroken = true;
        throw new EndOfStreamException();
    }

    private static void Discard(Stream body, long count)
    {
        if (count == 0)
        {
            return;
        }

        byte[] block = ArrayPool<byte>.Shared.Rent(DiscardBlock);
        try
        {
            while (count > 0)
            {
                int read = body.Read(block, 0, (int)Math.Min(block.Length, count));
                count -= read;
                if (read == 0)
                {
                    throw new EndOfStreamException();
                }
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    private void CountFailure(RegistryException failure)
    {
        if (_position - _failedAt >= Progress)
        {
            _failures = 0;
        }

        _failedAt = _position;
        if (++_failures >= _options.Timeouts.Attempts)
        {
            throw failure;
        }

        _pause.Wait(_failures, failure.RetryAfter);
    }

    private void Drop()
    {
        _body?.Dispose();
        _response?.Dispose();
        (_body, _response) = (null, null);
    }

    private RegistryException Wrong(string what) =>
        new(RegistryErrorKind.Protocol, $"{_request.Subject}: the registry {what}");
}
