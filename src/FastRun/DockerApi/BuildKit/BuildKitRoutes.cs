using System;
using System.Threading.Tasks;
using FastRun.DockerApi.Streams;
using FastRun.Grpc;
using FastRun.Http;
using FastRun.Layers;

namespace FastRun.DockerApi.BuildKit;

/// <summary>
/// The two connections of BuildKit's clients that begin as requests of the Engine API: <c>/grpc</c>, over which they call the daemon,
/// and <c>/session</c>, over which it calls them (Engine API, Session).
/// </summary>
internal sealed class BuildKitRoutes
{
    private const string ControlPrefix = "/moby.buildkit.v1.Control/";
    private const string GatewayPrefix = "/moby.buildkit.v1.frontend.LLBBridge/";

    private readonly ClientSessions _sessions = new();
    private readonly ControlService _control;
    private readonly GatewayService _gateway;

    internal BuildKitRoutes(StateLayout layout)
    {
        BuildJobs jobs = new();
        _control = new ControlService(layout, _sessions, jobs);
        _gateway = new GatewayService(_control, jobs);
    }

    /// <summary>Answers a request; null where there is no such one.</summary>
    internal Task? Route(ApiExchange exchange) => (exchange.Http.Method, exchange.Path) switch
    {
        ("POST", ["session"]) => ClientSession.RunAsync(exchange, _sessions),
        ("POST", ["grpc"]) => ServeAsync(exchange),
        _ => null,
    };

    private async Task ServeAsync(ApiExchange exchange)
    {
        await using HijackedStream connection = await HijackedStream.UpgradeAsync(exchange, "h2c");
        await Http2Connection.ServeAsync(connection.Pipe, HandleAsync, connection.Gone);
    }

    private Task HandleAsync(HttpExchange http) => new GrpcServerCall(http).RunAsync(call =>
        (call.Method.StartsWith(ControlPrefix, StringComparison.Ordinal) ? _control.Call(call, call.Method[ControlPrefix.Length..])
            : call.Method.StartsWith(GatewayPrefix, StringComparison.Ordinal) ? _gateway.Call(call, call.Method[GatewayPrefix.Length..])
            : null)
        ?? throw new GrpcException(GrpcStatus.Unimplemented, $"unknown method {call.Method}"));
}
