using System;
using System.Globalization;
using System.IO;
using System.Net.Http;
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

    private HttpDownload(Uri uri, RegistryClientOptions options)
    {
        (_uri, _options) = (uri, options);
        _transport = new HttpTransport(options.Configuration, options.Timeouts, options.Stop);
    }

    /// <summary>Asks for it.</summary>
    /// <param name="uri">Where, by http or https.</param>
    /// <param name="options">How servers are reached.</param>
    /// <exception cref="RegistryException">It is not there, or cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">It was ended.</exception>
    internal static HttpDownload Open(Uri uri, RegistryClientOptions options)
    {
        ArgumentNullException.ThrowIfNull(uri);
        ArgumentNullException.ThrowIfNull(options);
        HttpDownload download = new(uri, options);
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

            // That a registry may be insecure says nothing about files.
            _response = _transport.Send(request, verifiesTls: true, authorization: null);
            if (!_response.IsSuccessStatusCode)
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

    private RegistryException Describe(Exception e) => TransportFault.Describe(
        _uri.GetComponents(UriComponents.SchemeAndServer | UriComponents.Path, UriFormat.UriEscaped), _uri.Authority, e, _options.Stop);
}
