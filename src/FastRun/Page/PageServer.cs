using System;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Errors;
using FastRun.Http;
using FastRun.Layers;
using FastRun.Native;

namespace FastRun.Page;

/// <summary>Serves the page on loopback until a signal ends it.</summary>
internal static class PageServer
{
    private static readonly TimeSpan s_lastRequests = TimeSpan.FromSeconds(1);

    /// <summary>Serves.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="endpoint">Where to listen; port 0 for one that is free.</param>
    /// <param name="listening">Called with the address, which has the token.</param>
    /// <param name="report">Takes a line for each fault of the program.</param>
    /// <exception cref="EngineException">It is not loopback, or it cannot listen there.</exception>
    internal static async Task RunAsync(StateLayout layout, IPEndPoint endpoint, Action<string> listening, Action<string> report)
    {
        if (!IPAddress.IsLoopback(endpoint.Address))
        {
            throw new EngineException(
                ErrorKind.InvalidArgument, $"{endpoint}: the page is served on loopback only", hint: "ssh -L brings it to another machine");
        }

        using TerminationSignal signal = new();
        TaskCompletionSource<PageApplication> application = new();
        HttpServerOptions options = new() { Endpoints = [endpoint], MinBodyRate = null, MaxConnections = 64 };
        await using HttpServer server = new(options, async http => await (await application.Task).HandleAsync(http));
        await server.StartAsync();
        // 256 bits of the kernel's generator, as ids are.
        PageAccess access = new(RandomBytes.NewId(), (IPEndPoint)server.Endpoints[0]);
        application.SetResult(new PageApplication(layout, access, report));
        listening(access.Address);
        await Task.Factory.StartNew(signal.Wait, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using CancellationTokenSource patience = new(s_lastRequests);
        await server.StopAsync(patience.Token);
    }
}
