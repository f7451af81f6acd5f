using System;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Net.Http;
using System.Net.Sockets;
using System.Threading.Tasks;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary><c>fastrun daemon</c> on a socket of its own, the Docker CLI that speaks to it, and a client that asks word by word.</summary>
internal sealed class EngineDaemon : IDisposable
{
    private readonly Process _process;
    private readonly Task<string> _errors;

    /// <summary>Starts it.</summary>
    /// <param name="roots">Where its state is.</param>
    /// <param name="command">Makes the command that starts it, for a daemon in another network namespace.</param>
    internal EngineDaemon(StateRoots roots, Func<string, IReadOnlyList<string>, Command>? command = null)
    {
        SocketPath = Path.Combine(roots.Top, "api.sock");
        IReadOnlyList<string> words = [.. roots.Options, "daemon", "-H", "unix://" + SocketPath];
        _process = (command?.Invoke(Repository.Binary, words) ?? new Command(Repository.Binary, words) { WorkingDirectory = roots.Top }).Start();
        _errors = _process.StandardError.ReadToEndAsync();
        string? line = _process.StandardOutput.ReadLine();
        Assert.True(line == "listening at unix://" + SocketPath, line is null ? _errors.Result : line);
        Client = new HttpClient(new SocketsHttpHandler
        {
            ConnectCallback = async (_, cancellation) => await ConnectAsync(cancellation),
        })
        { BaseAddress = new Uri("http://engine"), Timeout = TimeSpan.FromSeconds(60) };
    }

    internal string SocketPath { get; }

    internal HttpClient Client { get; }

    internal int ProcessId => _process.Id;

    /// <summary>A command of the Docker CLI.</summary>
    internal Command Docker(params IReadOnlyList<string> arguments) => new("docker", ["-H", "unix://" + SocketPath, .. arguments]);

    /// <summary>Asks, and returns the status and the body.</summary>
    internal (int Status, string Body) Ask(string method, string path, string? json = null)
    {
        using HttpRequestMessage request = new(new HttpMethod(method), path);
        if (json is not null)
        {
            request.Content = new StringContent(json, System.Text.Encoding.UTF8, "application/json");
        }

        using HttpResponseMessage response = Client.Send(request);
        using StreamReader body = new(response.Content.ReadAsStream());
        return ((int)response.StatusCode, body.ReadToEnd());
    }

    /// <summary>Connects a socket, for what HttpClient does not do.</summary>
    internal NetworkStream Connect() => ConnectAsync(default).AsTask().GetAwaiter().GetResult();

    /// <summary>Kills it, as nobody should.</summary>
    internal void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Client.Dispose();
        Processes.End(_process);
    }

    private async ValueTask<NetworkStream> ConnectAsync(System.Threading.CancellationToken cancellation)
    {
        Socket socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(SocketPath), cancellation);
        return new NetworkStream(socket, ownsSocket: true);
    }
}
