using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.IO.Pipelines;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FastRun.Http;

/// <summary>
/// One request and its response, as Kestrel's own features give them: no HttpContext, whose services, forms and sessions nobody
/// needs here. Used by one handler, until its task ends.
/// </summary>
internal sealed class HttpExchange
{
    private readonly IHttpRequestFeature _request;
    private readonly IHttpResponseFeature _response;
    private readonly IHttpResponseBodyFeature _body;
    private readonly IHttpRequestLifetimeFeature _lifetime;

    internal HttpExchange(IFeatureCollection features)
    {
        Features = features;
        _request = features.GetRequiredFeature<IHttpRequestFeature>();
        _response = features.GetRequiredFeature<IHttpResponseFeature>();
        _body = features.GetRequiredFeature<IHttpResponseBodyFeature>();
        _lifetime = features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
    }

    /// <summary>What else Kestrel knows of the request: upgrades, the connection.</summary>
    internal IFeatureCollection Features { get; }

    /// <summary>The method, in capitals as it came.</summary>
    internal string Method => _request.Method;

    /// <summary>The path, unescaped (but for %2F) and without dot segments.</summary>
    internal string Path => _request.Path;

    /// <summary>What the client asked for as it wrote it: the path, escaped, and the query.</summary>
    internal string Target => _request.RawTarget;

    /// <summary>Who the client proved to be; null for nobody.</summary>
    internal string? User { get; set; }

    /// <summary>How many bytes of a body have been sent.</summary>
    internal long Sent { get; set; }

    /// <summary>The header fields of the request.</summary>
    internal IHeaderDictionary RequestHeaders => _request.Headers;

    /// <summary>The body of the request; it ends with an IOException where the client goes, stalls or breaks the protocol.</summary>
    internal Stream RequestBody => _request.Body;

    /// <summary>Whether the response has begun, so that its status cannot be changed any more.</summary>
    internal bool HasStarted => _response.HasStarted;

    /// <summary>The status; 200 until it is set.</summary>
    internal int Status
    {
        get => _response.StatusCode;
        set => _response.StatusCode = value;
    }

    /// <summary>The header fields of the response.</summary>
    internal IHeaderDictionary ResponseHeaders => _response.Headers;

    /// <summary>The body of the response. Memory that is asked for is sent without being copied again.</summary>
    internal PipeWriter ResponseBody => _body.Writer;

    /// <summary>Cancelled when the client is gone.</summary>
    internal CancellationToken Aborted => _lifetime.RequestAborted;

    /// <summary>A field of the request's query, unescaped; null where there is none. Of several the first counts.</summary>
    internal string? Query(string name)
    {
        foreach (string value in Fields(name))
        {
            return value;
        }

        return null;
    }

    /// <summary>All fields of the request's query that have a name, unescaped.</summary>
    internal IReadOnlyList<string> QueryAll(string name) => [.. Fields(name)];

    private IEnumerable<string> Fields(string name)
    {
        foreach (string field in _request.QueryString.TrimStart('?').Split('&'))
        {
            int equals = field.IndexOf('=', StringComparison.Ordinal);
            if ((equals < 0 ? field : field[..equals]) == name)
            {
                yield return Uri.UnescapeDataString((equals < 0 ? "" : field[(equals + 1)..]).Replace('+', ' '));
            }
        }
    }

    /// <summary>Sends the status and the header fields, so that the client sees them before there is a body.</summary>
    internal async Task StartAsync()
    {
        await _body.StartAsync(Aborted);
        await ResponseBody.FlushAsync(Aborted);
    }

    /// <summary>Sends a whole response.</summary>
    /// <param name="status">Its status.</param>
    /// <param name="contentType">The media type of its body; null where there is none.</param>
    /// <param name="body">The body; of an answer to HEAD only its length is sent.</param>
    internal async Task AnswerAsync(int status, string? contentType = null, ReadOnlyMemory<byte> body = default)
    {
        Status = status;
        ResponseHeaders.ContentType = contentType;
        if (status is not (204 or 304))
        {
            ResponseHeaders.ContentLength = body.Length;
        }

        if (body.Length > 0 && Method != "HEAD")
        {
            await ResponseBody.WriteAsync(body, Aborted);
            Sent += body.Length;
        }
    }

    /// <summary>Breaks the connection: the client must see that what it got is not whole.</summary>
    internal void Abort() => _lifetime.Abort();

    /// <summary>The length that the request states of its body; null where it states none.</summary>
    internal long? RequestLength => RequestHeaders.ContentLength;

    /// <inheritdoc/>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Method} {Path}");
}
