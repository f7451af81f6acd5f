using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Builds.Corpus;

/// <summary>
/// What the ADDs of a case fetch: a directory by http and by git's protocol, on ports of its own. Dockerfiles and kept results name them
/// <c>http://served/</c> and <c>git://served/</c>.
/// </summary>
internal sealed class CorpusServer : IDisposable
{
    private const string Http = "http://served/";
    private const string Git = "git://served/";

    private readonly string _directory;
    private readonly FaultyRegistry _http;
    private readonly GitServer _git;

    /// <summary>Serves a directory.</summary>
    internal CorpusServer(string directory)
    {
        _directory = directory;
        _http = new FaultyRegistry { Answer = Answer };
        _git = new GitServer(directory);
    }

    /// <summary>A text with the addresses in the place of the names.</summary>
    internal string Addressed(string text) =>
        text.Replace(Http, _http.Address + "/", StringComparison.Ordinal).Replace(Git, _git.Url, StringComparison.Ordinal);

    /// <summary>The names in the place of the addresses.</summary>
    internal string Named(string text) =>
        text.Replace(_http.Address + "/", Http, StringComparison.Ordinal).Replace(_git.Url, Git, StringComparison.Ordinal)
            .Replace(_http.Authority, "served", StringComparison.Ordinal);

    /// <inheritdoc/>
    public void Dispose()
    {
        _http.Dispose();
        _git.Dispose();
    }

    /// <summary>Files with their times, unless they are called "undated"; an <c>index.html</c> for a directory; what is "moved" elsewhere.</summary>
    private bool Answer(FaultyExchange exchange)
    {
        string path = Uri.UnescapeDataString(exchange.Request.Path.Split('?')[0])[1..];
        string file = Path.Combine(_directory, path.EndsWith('/') || path.Length == 0 ? path + "index.html" : path);
        if (path.StartsWith("moved/", StringComparison.Ordinal))
        {
            exchange.Respond(302, [], "Location: /" + path["moved/".Length..]);
        }
        else if (!File.Exists(file))
        {
            exchange.Respond(404, []);
        }
        else
        {
            List<string> fields = [];
            if (!path.EndsWith("undated", StringComparison.Ordinal))
            {
                fields.Add("Last-Modified: " + File.GetLastWriteTimeUtc(file).ToString("R", CultureInfo.InvariantCulture));
            }

            exchange.Respond(200, File.ReadAllBytes(file), [.. fields]);
        }

        return true;
    }
}
