using System;
using System.Threading.Tasks;
using FastRun.DockerApi;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Http;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using Microsoft.AspNetCore.Http.Features;

namespace FastRun.Page;

/// <summary>
/// A page that shows what is on this machine: its files, and below <c>/api/</c> the requests of the Engine API that change nothing.
/// </summary>
/// <param name="layout">Where state is.</param>
/// <param name="access">Who may see it.</param>
/// <param name="report">Takes a line for each fault of the program.</param>
internal sealed class PageApplication(StateLayout layout, PageAccess access, Action<string> report)
{
    private const string Policy =
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    private const int LongestReport = 1 << 20;
    private const string Prefix = "/api";

    private readonly ApiApplication _api = new(layout, report);

    /// <summary>Answers one request.</summary>
    internal async Task HandleAsync(HttpExchange http)
    {
        http.ResponseHeaders.ContentSecurityPolicy = Policy;
        http.ResponseHeaders.XContentTypeOptions = "nosniff";
        http.ResponseHeaders["Referrer-Policy"] = "no-referrer";
        http.ResponseHeaders["Cross-Origin-Opener-Policy"] = "same-origin";
        http.ResponseHeaders["Cross-Origin-Resource-Policy"] = "same-origin";
        http.ResponseHeaders.CacheControl = "no-store";
        if (!access.IsOwn(http))
        {
            await RefuseAsync(http, 403, "asked from another site, or by a name that is not loopback's");
        }
        else if (http.Method != "GET")
        {
            await RefuseAsync(http, 405, "the page changes nothing");
        }
        else if (!http.Path.StartsWith(Prefix + "/", StringComparison.Ordinal))
        {
            await (PageFiles.Find(http.Path) is var (type, content) ? http.AnswerAsync(200, type, content) : RefuseAsync(http, 404, "not found"));
        }
        else if (!access.HasToken(http))
        {
            await RefuseAsync(http, 401, "the token is missing or wrong: open the whole address that fastrun ui printed");
        }
        else
        {
            await ForwardAsync(http, http.Path[Prefix.Length..]);
        }
    }

    private async Task ForwardAsync(HttpExchange http, string path)
    {
        string[] parts = path.Split('/', StringSplitOptions.RemoveEmptyEntries);
        switch (parts)
        {
            case ["containers", "json"] or ["containers", _, "json" or "logs" or "stats" or "top"]:
            case ["images", "json"] or ["networks"] or ["volumes"] or ["info"] or ["version"]:
                http.Features.GetRequiredFeature<IHttpRequestFeature>().Path = path;
                await _api.HandleAsync(http);
                break;
            case ["containers", var name, "report"]:
                await ReportAsync(http, name);
                break;
            default:
                await RefuseAsync(http, 404, "not found");
                break;
        }
    }

    /// <summary>The report of a container's last run, where it was asked for (docs/run-report.md).</summary>
    private async Task ReportAsync(HttpExchange http, string name)
    {
        byte[]? report = null;
        try
        {
            if (new ContainerStore(layout).Find(name).Record.Request.ReportFile is { } path)
            {
                report = FileContent.TryReadAll(null, path, LongestReport);
            }
        }
        catch (Exception e) when (e is EngineException or SyscallException)
        {
            // The container was removed, or what is there is no file that can be read: there is none.
        }

        await (report is null ? RefuseAsync(http, 404, "no report") : http.AnswerAsync(200, "application/json", report));
    }

    private static Task RefuseAsync(HttpExchange http, int status, string reason) =>
        http.AnswerAsync(status, "text/plain; charset=utf-8", System.Text.Encoding.UTF8.GetBytes(reason + "\n"));
}
