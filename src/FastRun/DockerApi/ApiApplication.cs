using System;
using System.IO;
using System.Threading.Tasks;
using FastRun.DockerApi.BuildKit;
using FastRun.DockerApi.Builds;
using FastRun.DockerApi.Containers;
using FastRun.DockerApi.Exec;
using FastRun.DockerApi.Host;
using FastRun.DockerApi.Images;
using FastRun.DockerApi.Networks;
using FastRun.DockerApi.Volumes;
using FastRun.Engine;
using FastRun.Engine.Errors;
using FastRun.Http;
using FastRun.Layers;

namespace FastRun.DockerApi;

/// <summary>
/// The Docker Engine API over this machine's state (moby's api/swagger.yaml, 1.24 to 1.52): which version and what is asked for,
/// and what an error is. It holds nothing that the command line would not see, but for the clients that are connected.
/// </summary>
/// <param name="layout">Where state is.</param>
/// <param name="report">Takes a line for each request that failed by a fault of the program.</param>
internal sealed class ApiApplication(StateLayout layout, Action<string> report)
{
    private static readonly string s_server = $"FastRun/{EngineVersion.Text} (linux)";

    private readonly HostRoutes _host = new(layout);
    private readonly ContainerRoutes _containers = new(layout);
    private readonly ExecRoutes _exec = new(layout);
    private readonly ImageRoutes _images = new(layout);
    private readonly BuildRoutes _builds = new(layout);
    private readonly BuildKitRoutes _buildKit = new(layout);
    private readonly NetworkRoutes _networks = new(layout);
    private readonly VolumeRoutes _volumes = new(layout);

    /// <summary>Answers one request of a client on this machine.</summary>
    internal Task HandleAsync(HttpExchange http) => HandleAsync(http, static _ => { });

    /// <summary>Answers one request that came over TCP.</summary>
    /// <param name="http">The request.</param>
    /// <param name="isPlain">Whether it came without TLS.</param>
    internal Task HandleRemoteAsync(HttpExchange http, bool isPlain) => HandleAsync(http, request => RemoteClient.Check(request, isPlain));

    private async Task HandleAsync(HttpExchange http, Action<HttpExchange> check)
    {
        http.ResponseHeaders["Api-Version"] = ApiVersion.Newest.ToString();
        http.ResponseHeaders["Docker-Experimental"] = "false";
        http.ResponseHeaders["Ostype"] = "linux";
        http.ResponseHeaders.Server = s_server;
        ApiExchange exchange = Open(http, out ApiVersion? asked);
        try
        {
            check(http);
            if (asked is { } version && (version < ApiVersion.Oldest || version > ApiVersion.Newest))
            {
                string words = exchange.Http.Path.Split('/')[1][1..];
                throw ApiException.Invalid(version > ApiVersion.Newest
                    ? $"client version {words} is too new. Maximum supported API version is {ApiVersion.Newest}"
                    : $"client version {words} is too old. Minimum supported API version is {EngineVersion.OldestDockerApi}, please upgrade your client to a newer version");
            }

            await RouteAsync(exchange);
        }
        catch (ApiException e)
        {
            await ApiErrors.AnswerAsync(exchange, e.Status, e.Message);
        }
        catch (EngineException e)
        {
            await ApiErrors.AnswerAsync(exchange, ApiErrors.StatusOf(e.Kind), e.Message);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException and not Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            // The client is gone.
            http.Abort();
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException e)
        {
            await ApiErrors.AnswerAsync(exchange, e.StatusCode, "the request is not HTTP as it should be");
        }
        catch (Exception e)
        {
            report($"{http}: {e.GetType().Name} at {e.StackTrace?.Split('\n')[0].Trim()}");
            await ApiErrors.AnswerAsync(exchange, 500, "the engine failed; the daemon's log says where");
        }
    }

    private Task RouteAsync(ApiExchange exchange) =>
        (exchange.Path switch
        {
            // Of any path, as with Docker.
            _ when exchange.Http.Method == "OPTIONS" => exchange.AnswerAsync(200),
            ["containers", ..] => _containers.Route(exchange) ?? _exec.Route(exchange),
            ["exec", ..] => _exec.Route(exchange),
            ["images", ..] or ["commit"] or ["distribution", ..] => _images.Route(exchange),
            ["build", ..] => _builds.Route(exchange),
            ["session"] or ["grpc"] => _buildKit.Route(exchange),
            ["networks", ..] => _networks.Route(exchange),
            ["volumes", ..] => _volumes.Route(exchange),
            ["swarm", "init" or "join"] => throw ApiException.NotImplemented("FastRun is one machine's engine and schedules nothing: there are no swarms"),
            ["swarm", "leave"] => throw new ApiException(503, "This node is not part of a swarm"),
            ["swarm", ..] or ["nodes", ..] or ["services", ..] or ["tasks", ..] or ["secrets", ..] or ["configs", ..] =>
                throw new ApiException(503, "This node is not a swarm manager: FastRun is one machine's engine and schedules nothing"),
            _ => _host.Route(exchange),
        }) ?? throw new ApiException(404, "page not found");

    private static ApiExchange Open(HttpExchange http, out ApiVersion? asked)
    {
        // Kestrel leaves escaped slashes as they are; to Docker they are as good as any, which some clients use in names of images.
        string[] path = http.Path.Replace("%2F", "/", StringComparison.OrdinalIgnoreCase).Split('/', StringSplitOptions.RemoveEmptyEntries);
        asked = path.Length > 0 ? ApiVersion.TryParse(path[0]) : null;

        // With a slash behind it, it is another path, and there is none such.
        return new ApiExchange(http, asked ?? ApiVersion.Newest, http.Path.EndsWith('/') ? [] : asked is null ? path : path[1..]);
    }
}
