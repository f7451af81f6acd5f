using System;
using System.Net;
using FastRun.Http;

namespace FastRun.DockerApi;

/// <summary>
/// Keeps web pages out of a daemon on TCP: their requests come from a browser that is let in, by an address or a certificate. A page of
/// another site says so in <c>Origin</c> or <c>Sec-Fetch-Site</c> (Fetch standard); one whose own name leads to this machine (DNS rebinding)
/// has that name in <c>Host</c>.
/// </summary>
internal static class RemoteClient
{
    /// <summary>What nobody can have a public name below (RFC 6761, RFC 6762, ICANN's .internal).</summary>
    private static readonly string[] s_private = [".localhost", ".local", ".internal"];

    /// <summary>Throws where a web page asks.</summary>
    /// <param name="http">The request.</param>
    /// <param name="isPlain">Whether it came without TLS, where a name proves nothing.</param>
    /// <exception cref="ApiException">It does.</exception>
    internal static void Check(HttpExchange http, bool isPlain)
    {
        string host = http.RequestHeaders.Host.ToString();
        string origin = http.RequestHeaders.Origin.ToString();
        string site = http.RequestHeaders["Sec-Fetch-Site"].ToString();
        if ((origin.Length > 0 && !origin.Equals($"{(isPlain ? "http" : "https")}://{host}", StringComparison.OrdinalIgnoreCase))
            || site is not ("" or "none" or "same-origin"))
        {
            throw new ApiException(403, "requests of web pages of other origins are refused");
        }

        if (isPlain && !IsThisMachines(Name(host)))
        {
            throw new ApiException(403, "the name that was asked for may be anybody's: without TLS, ask for an address or for this machine's name");
        }
    }

    /// <summary>A name without a dot is given in the own network only.</summary>
    private static bool IsThisMachines(string name) =>
        IPAddress.TryParse(name, out _)
        || !name.Contains('.', StringComparison.Ordinal)
        || name.Equals(Environment.MachineName, StringComparison.OrdinalIgnoreCase)
        || Array.Exists(s_private, suffix => name.EndsWith(suffix, StringComparison.OrdinalIgnoreCase));

    /// <summary>Without the port, and without the brackets of an IPv6 address.</summary>
    private static string Name(string host)
    {
        if (host.StartsWith('['))
        {
            int end = host.IndexOf(']', StringComparison.Ordinal);
            return end < 0 ? host : host[1..end];
        }

        int colon = host.LastIndexOf(':');
        return (colon < 0 ? host : host[..colon]).TrimEnd('.');
    }
}
