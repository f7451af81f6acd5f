using System;
using System.Globalization;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using FastRun.Layers.Registry.Http;

namespace FastRun.Layers.Registry;

/// <summary>What lies at a URL, fetched by one request with the time-outs, proxies and certificates of registries, and no credentials.</summary>
internal sealed class HttpDownload : ReadOnlyStream
{
    private readonly Uri _uri;
    private readonly RegistryClientOptions _options;
    private readonly HttpTransport _transport;
    private HttpResponseMessage? _response;
    private Stream? _body;

    private readonly DownloadValidators? _known;

    private HttpDownload(Uri uri, RegistryClientOptions options, DownloadValidators? known)
    {
        (_uri, _options, _known) = (uri, options, known);
        _transport = new HttpTransport(options.Configuration, options.Timeouts, options.Stop);
    }

    /// <summary>Asks for it.</summary>
    /// <param name="uri">Where, by http or https.</param>
    /// <param name="options">How servers are reached.</param>
    /// <param name="known">What was there before; null for nothing.</param>
    /// <exception cref="RegistryException">It is not there, or cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    internal static HttpDownload Open(Uri uri, RegistryClientOptions options, DownloadValidators? known = null)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(options);
        HttpDownload download = new(uri, options, known);
        try
        {
            download.Begin();
            return download;
        }
        catch
        {
            download.Dispose();
            throw;
        }
    }

    /// <summary>Whether it is what was there before: then there is nothing to read.</summary>
    internal bool IsUnchanged => _known is not null && _response is { StatusCode: HttpStatusCode.NotModified };

    /// <summary>By what it is known again.</summary>
    internal DownloadValidators Validators => new(Header("ETag"), Header("Last-Modified"));

    /// <summary>When what is there was changed last, as the server says; null where it does not.</summary>
    internal DateTimeOffset? LastModified => _response?.Content.Headers.LastModified;

    /// <exception cref="RegistryException">The server does not give the rest.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    public override int Read(Span<byte> buffer)
    {
        try
        {
            return _body!.Read(buffer);
        }
        catch (Exception e) when (TransportFault.Is(e))
        {
            throw Describe(e);
        }
    }

    /// <inheritdoc/>
    protected override void Dispose(bool disposing)
    {
        _body?.Dispose();
        _response?.Dispose();
        _transport.Dispose();
        base.Dispose(disposing);
    }

    private void Begin()
    {
        try
        {
            using HttpRequestMessage request = new(HttpMethod.Get, _uri);
            if (_known?.EntityTag is { } tag)
            {
                request.Headers.TryAddWithoutValidation("If-None-Match", tag);
            }

            if (_known?.LastModified is { } modified)
            {
                request.Headers.TryAddWithoutValidation("If-Modified-Since", modified);
            }

            // That a registry may be insecure says nothing about files.
            _response = _transport.Send(request, verifiesTls: true, authorization: null);
            if (!_response.IsSuccessStatusCode && !IsUnchanged)
            {
                int status = (int)_response.StatusCode;
                throw new RegistryException(
                    status == 404 ? RegistryErrorKind.NotFound : RegistryErrorKind.Unavailable,
                    string.Create(CultureInfo.InvariantCulture, $"the server answers {status}"));
            }

            _body = _response.Content.ReadAsStream();
        }
        catch (Exception e) when (TransportFault.Is(e) || e is RegistryException)
        {
            throw Describe(e);
        }
    }

    /// <summary>A header as it came, unless it is longer than any real one.</summary>
    private string? Header(string name)
    {
        const int longest = 1024;
        if (_response is null
            || !(_response.Headers.NonValidated.TryGetValues(name, out HeaderStringValues values)
                || _response.Content.Headers.NonValidated.TryGetValues(name, out values)))
        {
            return null;
        }

        return values.ToString() is { Length: <= longest } text ? text : null;
    }

    private RegistryException Describe(Exception e) => TransportFault.Describe(
        _uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped), _uri.Authority, e, _options.Stop);
}
