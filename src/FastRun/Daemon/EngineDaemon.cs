using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using FastRun.DockerApi;
using FastRun.Engine.Errors;
using FastRun.Http;
using FastRun.Layers;
using FastRun.Native.Filesystem;

namespace FastRun.Daemon;

/// <summary>
/// Serves the Docker Engine API until a signal ends it. It holds no container: those that run have supervisors of their own, and
/// go on when it ends or is killed.
/// </summary>
internal static class EngineDaemon
{
    private const int SocketMode = 0b_110_110_000;

    private static readonly TimeSpan s_lastRequests = TimeSpan.FromSeconds(8);

    /// <summary>Serves.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="sockets">The paths of the Unix sockets to listen at.</param>
    /// <param name="group">Who may use them beside root; null for nobody.</param>
    /// <param name="listening">Called once it listens.</param>
    /// <param name="report">Takes a line for each fault of the program.</param>
    /// <exception cref="EngineException">It cannot listen there.</exception>
    internal static async Task RunAsync(StateLayout layout, IReadOnlyList<string> sockets, uint? group, Action listening, Action<string> report)
    {
        // Requests wait for the disk and the kernel on the threads that answer them.
        ThreadPool.SetMinThreads(Math.Max(32, 4 * Environment.ProcessorCount), 4);
        using TerminationSignal signal = new();
        List<EndPoint> endpoints = [];
        foreach (string socket in sockets)
        {
            Claim(socket);
            endpoints.Add(new UnixDomainSocketEndPoint(socket));
        }

        HttpServerOptions options = new() { Endpoints = endpoints, Takeover = true, MinBodyRate = null };
        await using HttpServer server = new(options, new ApiApplication(layout, report).HandleAsync);
        await server.StartAsync();
        foreach (string socket in sockets)
        {
            FileAt.ChangeMode(null, socket, SocketMode);
            FileAt.ChangeOwner(null, socket, 0, group ?? 0);
        }

        listening();
        await Task.Factory.StartNew(signal.Wait, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
        using CancellationTokenSource patience = new(s_lastRequests);
        await server.StopAsync(patience.Token);
    }

    /// <summary>Makes the place of a socket free that a daemon which was killed has left.</summary>
    private static void Claim(string path)
    {
        using Socket probe = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            probe.Connect(new UnixDomainSocketEndPoint(path));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            File.Delete(path);
            return;
        }
        catch (SocketException)
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            return;
        }

        throw new EngineException(ErrorKind.Conflict, $"{path}: another daemon listens there");
    }
}
