using System.Net;
using System.Security.Cryptography;
using System.Text;
using FastRun.Http;

namespace FastRun.Page;

/// <summary>
/// Who may see the page: who has the token that was printed, and asks by a name of loopback. A foreign site that a browser has open knows no token, and is not
/// helped by a name of its own that leads to loopback (DNS rebinding).
/// </summary>
/// <param name="token">The secret.</param>
/// <param name="endpoint">Where the page is served.</param>
internal sealed class PageAccess(string token, IPEndPoint endpoint)
{
    internal const string Header = "X-FastRun-Token";

    private readonly byte[] _token = Encoding.UTF8.GetBytes(token);

    /// <summary>Where a browser finds it. What is behind the # is not sent to the server, and no log or referrer has it.</summary>
    internal string Address => $"http://{endpoint}/#token={token}";

    /// <summary>Whether the request came by a name of loopback, and from no other site.</summary>
    internal bool IsOwn(HttpExchange http) =>
        IsLoopback(http.RequestHeaders.Host.ToString())
        && (http.RequestHeaders.Origin.Count == 0 || http.RequestHeaders.Origin == "http://" + http.RequestHeaders.Host)
        && http.RequestHeaders["Sec-Fetch-Site"].ToString() is "" or "same-origin" or "none";

    /// <summary>Whether it has the token; takes as long for a wrong one as for the right one.</summary>
    internal bool HasToken(HttpExchange http) =>
        CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(http.RequestHeaders[Header].ToString()), _token);

    private bool IsLoopback(string host) =>
        host == endpoint.ToString() || host == $"localhost:{endpoint.Port}" || host == $"127.0.0.1:{endpoint.Port}" || host == $"[::1]:{endpoint.Port}";
}
