using System;
using System.Collections.Concurrent;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>The sessions of clients that are here.</summary>
internal sealed class ClientSessions
{
    private static readonly TimeSpan s_patience = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<string, TaskCompletionSource<ClientSession>> _sessions = new(StringComparer.Ordinal);

    /// <summary>Adds one; false where another one has its id.</summary>
    internal bool TryAdd(ClientSession session) => Of(session.Id).TrySetResult(session);

    internal void Remove(ClientSession session) => _sessions.TryRemove(session.Id, out _);

    /// <summary>One that is here, or comes in a moment: a client opens it while it asks for its build.</summary>
    /// <exception cref="GrpcException">It does not come.</exception>
    internal async Task<ClientSession> WaitAsync(string id, CancellationToken cancellation)
    {
        TaskCompletionSource<ClientSession> place = Of(id);
        try
        {
            return await place.Task.WaitAsync(s_patience, cancellation);
        }
        catch (TimeoutException)
        {
            if (!place.Task.IsCompleted)
            {
                _sessions.TryRemove(new(id, place));
            }

            throw new GrpcException(GrpcStatus.Unavailable, "no active session for " + id + ": context deadline exceeded");
        }
    }

    private TaskCompletionSource<ClientSession> Of(string id) =>
        _sessions.GetOrAdd(id, static _ => new TaskCompletionSource<ClientSession>(TaskCreationOptions.RunContinuationsAsynchronously));
}
