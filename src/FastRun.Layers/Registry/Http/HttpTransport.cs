using System;
using System.Collections.Concurrent;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.Layers.Registry.Http;

/// <summary>
/// HTTP/1.1 as a registry client needs it: several connections instead of streams in one, because one connection's
/// flow control and decryption would bound all layers; redirects followed here, so that credentials stay where they belong.
/// </summary>
internal sealed class HttpTransport(RegistryConfiguration configuration, RegistryTimeouts timeouts, CancellationToken stop)
    : IDisposable
{
    private const int MaxRedirects = 10;
    private const int MaxHeaderKilobytes = 64;

    private static readonly ProductInfoHeaderValue s_agent = new("fastrun", null);

    private readonly ConcurrentDictionary<(bool Encrypts, string Authority, bool Verifies), HttpMessageInvoker> _invokers = new();

    /// <summary>Sends a request and follows redirects. The response's body is not read yet.</summary>
    /// <param name="request">
    /// What to send. One that is no mere question follows only redirects that keep the method (307, 308).
    /// </param>
    /// <param name="verifiesTls">Whether the first host's certificate must be trusted.</param>
    /// <param name="authorization">What only the first host may see.</param>
    /// <param name="movesBody">Whether the body may be sent again to where a redirect leads; one with secrets may not.</param>
    /// <exception cref="HttpRequestException">There is no response.</exception>
    /// <exception cref="RegistryException">A redirect must not be followed.</exception>
    internal HttpResponseMessage Send(
        HttpRequestMessage request, bool verifiesTls, AuthenticationHeaderValue? authorization, bool movesBody = false)
    {
        Uri first = request.RequestUri!;
        request.Headers.Authorization = authorization;
        HttpResponseMessage response = SendOnce(request, verifiesTls);
        bool follows = movesBody || request.Content is null;
        for (int redirects = 0; follows && IsFollowed(request, response.StatusCode) && response.Headers.Location is { } location; redirects++)
        {
            Uri from = request.RequestUri!;
            response.Dispose();
            if (redirects == MaxRedirects)
            {
                throw new RegistryException(RegistryErrorKind.Protocol, $"more than {MaxRedirects} redirects");
            }

            Uri to = RequireFollowable(from, new Uri(from, location));
            bool home = IsSameOrigin(first, to);
            HttpRequestMessage next = new(request.Method, to) { Content = request.Content };
            Copy(request.Headers.Accept, next.Headers.Accept);
            next.Headers.Range = request.Headers.Range;
            foreach (string condition in (ReadOnlySpan<string>)["If-None-Match", "If-Modified-Since"])
            {
                if (request.Headers.NonValidated.TryGetValues(condition, out HeaderStringValues values))
                {
                    next.Headers.TryAddWithoutValidation(condition, values.ToString());
                }
            }

            next.Headers.Authorization = home ? authorization : null;
            request = next;
            response = SendOnce(request, home ? verifiesTls : configuration.VerifiesTls(to.Authority));
        }

        return response;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (HttpMessageInvoker invoker in _invokers.Values)
        {
            invoker.Dispose();
        }
    }

    private static bool IsFollowed(HttpRequestMessage request, HttpStatusCode status) =>
        (int)status is 307 or 308
        || ((int)status is 301 or 302 or 303 && (request.Method == HttpMethod.Get || request.Method == HttpMethod.Head));

    private static bool IsSameOrigin(Uri one, Uri other) =>
        one.Scheme == other.Scheme && one.Authority == other.Authority;

    /// <summary>An address that a server gave, if it may be asked.</summary>
    /// <exception cref="RegistryException">It may not.</exception>
    internal static Uri RequireFollowable(Uri from, Uri to)
    {
        if (to.Scheme != Uri.UriSchemeHttp && to.Scheme != Uri.UriSchemeHttps)
        {
            throw new RegistryException(RegistryErrorKind.Protocol, "a redirect leads to something else than http");
        }

        if (from.Scheme == Uri.UriSchemeHttps && to.Scheme != Uri.UriSchemeHttps)
        {
            throw new RegistryException(
                RegistryErrorKind.Insecure, $"refused: a redirect leads from https to plain http at {to.Authority}");
        }

        return to.UserInfo.Length == 0
            ? to
            : throw new RegistryException(RegistryErrorKind.Protocol, "a redirect holds a user name");
    }

    private static void Copy(
        HttpHeaderValueCollection<MediaTypeWithQualityHeaderValue> from,
        HttpHeaderValueCollection<MediaTypeWithQualityHeaderValue> to)
    {
        foreach (MediaTypeWithQualityHeaderValue value in from)
        {
            to.Add(value);
        }
    }

    private HttpResponseMessage SendOnce(HttpRequestMessage request, bool verifiesTls)
    {
        request.Version = HttpVersion.Version11;
        request.Headers.UserAgent.Add(s_agent);
        bool encrypts = request.RequestUri!.Scheme == Uri.UriSchemeHttps;
        return _invokers.GetOrAdd((encrypts, request.RequestUri.Authority, verifiesTls), MakeInvoker).Send(request, stop);
    }

    private HttpMessageInvoker MakeInvoker((bool Encrypts, string Authority, bool Verifies) host)
    {
        SocketsHttpHandler handler = new()
        {
            ActivityHeadersPropagator = null,
            AllowAutoRedirect = false,
            ConnectCallback = ConnectAsync,
            ConnectTimeout = timeouts.Connect,
            MaxResponseDrainSize = 0,
            MaxResponseHeadersLength = MaxHeaderKilobytes,
            Proxy = configuration.Proxies,
            UseCookies = false,
            UseProxy = !configuration.Proxies.IsEmpty,
        };
        if (host.Encrypts)
        {
            handler.SslOptions = configuration.Trust.OptionsFor(host.Authority, host.Verifies);
        }

        return new HttpMessageInvoker(handler);
    }

    private async ValueTask<Stream> ConnectAsync(SocketsHttpConnectionContext context, CancellationToken cancellation)
    {
        IPAddress[] addresses = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancellation).ConfigureAwait(false);
        for (int i = 0; ; i++)
        {
            Socket socket = new(addresses[i].AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
            try
            {
                await socket.ConnectAsync(addresses[i], context.DnsEndPoint.Port, cancellation).ConfigureAwait(false);
                return new ProgressStream(socket, timeouts, stop);
            }
            catch (Exception e)
            {
                socket.Dispose();
                if (e is not SocketException || i + 1 >= addresses.Length)
                {
                    throw;
                }
            }
        }
    }
}
