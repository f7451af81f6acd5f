using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Supervision;

namespace FastRun.DockerApi.Containers;

/// <summary>
/// Clients that are attached to containers which do not run yet, as <c>docker run</c> is before it starts one: the first of them
/// is connected before the container's first byte.
/// </summary>
internal sealed class PendingAttachments
{
    private readonly Lock _gate = new();
    private readonly Dictionary<string, List<(AttachStreams Streams, TaskCompletionSource<AttachSession> Started)>> _waiting = [];

    private readonly Dictionary<string, List<TaskCompletionSource>> _starts = [];

    /// <summary>Waits until a client starts the container.</summary>
    /// <param name="id">The container.</param>
    /// <param name="streams">What the client is to be connected to.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    internal async Task<AttachSession> WaitAsync(string id, AttachStreams streams, CancellationToken cancellation)
    {
        TaskCompletionSource<AttachSession> started = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_waiting.TryGetValue(id, out var waiting))
            {
                _waiting.Add(id, waiting = []);
            }

            waiting.Add((streams, started));
        }

        using CancellationTokenRegistration registration = cancellation.Register(() => Forget(id, started, cancellation));
        return await started.Task;
    }

    /// <summary>Does what starts a container, and gives its connection to the first client that waits for it.</summary>
    /// <param name="id">The container.</param>
    /// <param name="work">What starts it.</param>
    internal async Task StartAsync(string id, Func<Task> work)
    {
        TaskCompletionSource over = new(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (!_starts.TryGetValue(id, out var starts))
            {
                _starts.Add(id, starts = []);
            }

            starts.Add(over);
        }

        try
        {
            await work();
        }
        finally
        {
            lock (_gate)
            {
                if (_starts[id].Remove(over) && _starts[id].Count == 0)
                {
                    _starts.Remove(id);
                }
            }

            over.SetResult();
        }
    }

    /// <summary>Waits until no client of this daemon is starting the container: who waits for it has its connection by then, or gets none.</summary>
    internal Task StartedAsync(string id)
    {
        lock (_gate)
        {
            return _starts.TryGetValue(id, out var starts) ? Task.WhenAll(starts.ConvertAll(static each => each.Task)) : Task.CompletedTask;
        }
    }

    /// <summary>What the first client that waits for a container is to be connected to; none where nobody waits.</summary>
    internal AttachStreams First(string id)
    {
        lock (_gate)
        {
            return _waiting.TryGetValue(id, out var waiting) ? waiting[0].Streams : AttachStreams.None;
        }
    }

    /// <summary>Gives its connection to the first client that waits for a container; false where it is gone meanwhile.</summary>
    internal bool TryComplete(string id, AttachSession session)
    {
        while (true)
        {
            TaskCompletionSource<AttachSession> started;
            lock (_gate)
            {
                if (!_waiting.TryGetValue(id, out var waiting))
                {
                    return false;
                }

                started = waiting[0].Started;
                Remove(id, started);
            }

            if (started.TrySetResult(session))
            {
                return true;
            }
        }
    }

    private void Forget(string id, TaskCompletionSource<AttachSession> started, CancellationToken cancellation)
    {
        lock (_gate)
        {
            Remove(id, started);
        }

        started.TrySetCanceled(cancellation);
    }

    private void Remove(string id, TaskCompletionSource<AttachSession> started)
    {
        if (_waiting.TryGetValue(id, out var waiting) && waiting.RemoveAll(each => each.Started == started) > 0 && waiting.Count == 0)
        {
            _waiting.Remove(id);
        }
    }
}
