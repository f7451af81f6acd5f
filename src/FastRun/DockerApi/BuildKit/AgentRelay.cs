using System;
using System.Globalization;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Grpc;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.DockerApi.BuildKit;

/// <summary>A socket whose every connection leads to the client's SSH agent (BuildKit, session/sshforward).</summary>
internal sealed class AgentRelay : IDisposable
{
    private const int Chunk = 32 << 10;
    private const int Most = 64;

    private readonly ClientSession _session;
    private readonly string _id;
    private readonly Socket _listener;
    private readonly CancellationTokenSource _ended;
    private readonly SemaphoreSlim _places = new(Most);

    private AgentRelay(ClientSession session, string id, Socket listener, CancellationToken cancellation)
    {
        (_session, _id, _listener) = (session, id, listener);
        _ended = CancellationTokenSource.CreateLinkedTokenSource(session.Gone, cancellation);
        _ = AcceptAsync();
    }

    /// <summary>Opens a socket for an agent; null where the client has none of that name.</summary>
    internal static AgentRelay? TryOpen(ClientSession session, string id, string path, CancellationToken cancellation)
    {
        try
        {
            session.Channel.CallAsync("/moby.sshforward.v1.SSH/CheckAgent", new ProtoWriter().Text(1, id).Written, cancellation).GetAwaiter().GetResult();
        }
        catch (GrpcException)
        {
            return null;
        }

        Socket listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            // The address of a socket is shorter than a path may be.
            using Fd directory = FileAt.OpenDirectory(null, Path.GetDirectoryName(path)!);
            listener.Bind(new UnixDomainSocketEndPoint(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{directory.Number}/{Path.GetFileName(path)}")));
            FileAt.ChangeMode(null, path, 0b_110_000_000);
            listener.Listen();
            return new AgentRelay(session, id, listener, cancellation);
        }
        catch
        {
            listener.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ended.Cancel();
        _listener.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                await _places.WaitAsync(_ended.Token);
                _ = RelayAsync(await _listener.AcceptAsync(_ended.Token));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The build is over.
        }
    }

    private async Task RelayAsync(Socket socket)
    {
        try
        {
            await using NetworkStream stream = new(socket, ownsSocket: true);
            using GrpcClientCall call = _session.Channel.Begin("/moby.sshforward.v1.SSH/ForwardAgent", [new("buildkit.ssh.id", _id)], _ended.Token);
            Task sending = SendAsync(stream, call);
            while (await call.ReceiveAsync() is { } message)
            {
                await stream.WriteAsync(BytesMessage.Read(message), _ended.Token);
            }

            socket.Shutdown(SocketShutdown.Both);
            await sending;
        }
        catch (Exception e) when (e is GrpcException or IOException or SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // Whoever asked the agent sees the end of its connection.
        }
        finally
        {
            _places.Release();
        }
    }

    private async Task SendAsync(NetworkStream stream, GrpcClientCall call)
    {
        byte[] chunk = new byte[Chunk];
        int read;
        while ((read = await stream.ReadAsync(chunk, _ended.Token)) > 0)
        {
            await call.SendAsync(BytesMessage.Write(chunk.AsSpan(0, read)));
        }

        await call.EndSendingAsync();
    }
}
