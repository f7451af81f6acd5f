using System;
using System.Collections.Generic;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.DockerApi;

/// <summary>
/// Work of the engine that may take long: each on a thread that is nobody else's meanwhile, so that quick requests never wait for it. A thread
/// that has done its work waits a moment for more: to make one takes longer than much of what they do.
/// </summary>
internal static class ApiWork
{
    private static readonly TimeSpan s_rest = TimeSpan.FromSeconds(2);
    private static readonly object s_gate = new();
    private static readonly Queue<Action> s_waiting = new();
    private static int s_idle;

    internal static Task<T> RunAsync<T>(Func<T> work)
    {
        TaskCompletionSource<T> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        Begin(() =>
        {
            try
            {
                done.SetResult(work());
            }
            catch (Exception e)
            {
                done.SetException(e);
            }
        });
        return done.Task;
    }

    internal static Task RunAsync(Action work) => RunAsync(() =>
    {
        work();
        return 0;
    });

    private static void Begin(Action work)
    {
        lock (s_gate)
        {
            s_waiting.Enqueue(work);
            if (s_waiting.Count <= s_idle)
            {
                Monitor.Pulse(s_gate);
                return;
            }
        }

        new Thread(Serve) { IsBackground = true, Name = "work" }.Start();
    }

    private static void Serve()
    {
        while (Next() is { } work)
        {
            work();
        }
    }

    /// <summary>Waits for work; null where there was none for long enough.</summary>
    private static Action? Next()
    {
        lock (s_gate)
        {
            s_idle++;
            while (s_waiting.Count == 0)
            {
                if (!Monitor.Wait(s_gate, s_rest) && s_waiting.Count == 0)
                {
                    s_idle--;
                    return null;
                }
            }

            s_idle--;
            return s_waiting.Dequeue();
        }
    }
}
