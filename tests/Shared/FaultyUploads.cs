using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Web;

namespace FastRun.TestRegistry;

/// <summary>Uploads as the distribution-spec has them: begun, appended to, asked for, ended, and blobs that are mounted.</summary>
internal sealed class FaultyUploads
{
    internal const string Part = "/blobs/uploads/";

    private readonly ConcurrentDictionary<string, MemoryStream> _sessions = new();
    private int _count;

    /// <summary>The repositories that blobs may be mounted from.</summary>
    internal HashSet<string> Mountable { get; } = [];

    /// <summary>Whether an upload that broke off is forgotten, as the distribution project's registry does.</summary>
    internal bool ForgetsBroken { get; set; }

    /// <summary>Where an upload is said to go on, by its path.</summary>
    internal Func<string, string> Location { get; set; } = static path => path;

    /// <summary>How many uploads were begun.</summary>
    internal int Begun => _count;

    /// <summary>Forgets all uploads, as a registry that restarts may.</summary>
    internal void Forget() => _sessions.Clear();

    /// <summary>Takes what a request brings, and says nothing.</summary>
    internal void Keep(FaultyRequest request) => _sessions[IdOf(request)].Write(request.Content);

    internal void Answer(FaultyExchange exchange, Func<byte[], string> add, Func<string, bool> has)
    {
        FaultyRequest request = exchange.Request;
        string id = IdOf(request);
        if (request.Method == "POST")
        {
            Begin(exchange, has);
        }
        else if (!_sessions.TryGetValue(id, out MemoryStream? session))
        {
            exchange.RespondError(404, "BLOB_UPLOAD_UNKNOWN", "no such upload");
        }
        else
        {
            Continue(exchange, id, session, add);
        }
    }

    private static string IdOf(FaultyRequest request) =>
        request.Path[(request.Path.IndexOf(Part, StringComparison.Ordinal) + Part.Length)..];

    private void Begin(FaultyExchange exchange, Func<string, bool> has)
    {
        var query = HttpUtility.ParseQueryString(exchange.Request.Query);
        string path = exchange.Request.Path;
        if (query["mount"] is { } digest && query["from"] is { } from && Mountable.Contains(from) && has(digest))
        {
            exchange.Respond(201, [], $"Location: {path}", $"Docker-Content-Digest: {digest}");
            return;
        }

        string id = "u" + System.Threading.Interlocked.Increment(ref _count);
        _sessions[id] = new MemoryStream();
        exchange.Respond(202, [], $"Location: {Location(path + id)}?state=1", "Range: 0-0");
    }

    private void Continue(FaultyExchange exchange, string id, MemoryStream session, Func<byte[], string> add)
    {
        FaultyRequest request = exchange.Request;
        string range = $"Range: 0-{Math.Max(0, session.Length + request.Content.Length - 1)}";
        string location = $"Location: {Location(request.Path)}?state=2";
        switch (request.Method)
        {
            case "GET":
                exchange.Respond(204, [], location, $"Range: 0-{Math.Max(0, session.Length - 1)}");
                break;
            case "DELETE":
                _sessions.TryRemove(id, out _);
                exchange.Respond(204, []);
                break;
            case "PATCH" or "PUT" when request.Header("Content-Range") is { Length: > 0 } part
                && long.Parse(part[..part.IndexOf('-', StringComparison.Ordinal)], null) != session.Length:
                exchange.Respond(416, [], location);
                break;
            case "PATCH":
                session.Write(request.Content);
                if (request.IsCut)
                {
                    if (ForgetsBroken)
                    {
                        _sessions.TryRemove(id, out _);
                    }

                    exchange.Reset();
                    break;
                }

                exchange.Respond(202, [], location, range);
                break;
            default:
                session.Write(request.Content);
                string wanted = HttpUtility.ParseQueryString(request.Query)["digest"] ?? "";
                byte[] content = session.ToArray();
                if (FaultyRegistry.DigestOf(content) != wanted)
                {
                    exchange.RespondError(400, "DIGEST_INVALID", "provided digest did not match uploaded content");
                    break;
                }

                add(content);
                _sessions.TryRemove(id, out _);
                exchange.Respond(201, [], $"Location: /blobs/{wanted}", $"Docker-Content-Digest: {wanted}");
                break;
        }
    }
}
