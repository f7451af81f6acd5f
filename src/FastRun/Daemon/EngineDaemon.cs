using System;
using System.Collections.Generic;
using System.Net;
using System.Threading;
using System.Threading.Tasks;
using FastRun.DockerApi;
using FastRun.Engine.Errors;
using FastRun.Engine.Supervision;
using FastRun.Http;
using FastRun.Layers;
using Microsoft.AspNetCore.Connections;

namespace FastRun.Daemon;

/// <summary>
/// Serves the Docker Engine API until a signal ends it. It holds no container: those that run have supervisors of their own, and
/// go on when it ends or is killed.
/// </summary>
internal static class EngineDaemon
{
    private static readonly TimeSpan s_lastRequests = TimeSpan.FromSeconds(8);

    /// <summary>Serves.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="options">Where to listen, and who may come.</param>
    /// <param name="listening">Called once it listens, with every address.</param>
    /// <param name="report">Takes a line for each fault of the program, and for what is dangerous.</param>
    /// <exception cref="EngineException">It cannot listen there.</exception>
    internal static async Task RunAsync(StateLayout layout, DaemonOptions options, Action<IReadOnlyList<string>> listening, Action<string> report)
    {
        // Threads of the pool that have nothing to do sleep at once: spinning, they take the processor from the containers that are starting.
        AppContext.SetData("System.Threading.ThreadPool.UnfairSemaphoreSpinLimit", 0);

        // Requests wait for the disk and the kernel on the threads that answer them.
        ThreadPool.SetMinThreads(Math.Max(32, 4 * Environment.ProcessorCount), 4);
        using TerminationSignal signal = new();
        using DaemonSockets sockets = DaemonSockets.Open(options, report);
        using PidFile? pid = options.PidFile is { } file ? PidFile.Write(file) : null;
        ApiApplication application = new(layout, report);
        // Kestrel without an address listens at one of its own.
        await using HttpServer? local = sockets.Local.Count == 0 ? null : Serve(sockets.Local, null, application.HandleAsync);
        await using HttpServer? remote = sockets.Remote.Count == 0 ? null : Serve(sockets.Remote, options.Tls, http => application.HandleRemoteAsync(http, isPlain: options.Tls is null));
        await (local?.StartAsync() ?? Task.CompletedTask);
        await (remote?.StartAsync() ?? Task.CompletedTask);
        listening([.. sockets.LocalNames, .. Names(remote, sockets)]);
        ServiceNotification.Ready();
        await Task.Factory.StartNew(signal.Wait, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using CancellationTokenSource patience = new(s_lastRequests);
        await Task.WhenAll(local?.StopAsync(patience.Token) ?? Task.CompletedTask, remote?.StopAsync(patience.Token) ?? Task.CompletedTask);
    }

    private static HttpServer Serve(IReadOnlyList<EndPoint> endpoints, System.Net.Security.SslServerAuthenticationOptions? tls, Func<HttpExchange, Task> handler) =>
        new(new HttpServerOptions { Endpoints = endpoints, Tls = tls, Takeover = true, MinBodyRate = null, Resting = DetachedChildren.Reap }, handler);

    /// <summary>With the ports that were found.</summary>
    private static List<string> Names(HttpServer? server, DaemonSockets sockets)
    {
        List<string> names = [];
        for (int i = 0; i < sockets.Remote.Count; i++)
        {
            names.Add(sockets.Remote[i] is FileHandleEndPoint handle ? $"fd://{handle.FileHandle}" : $"tcp://{server!.Endpoints[i]}");
        }

        return names;
    }
}
