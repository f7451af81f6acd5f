using System;
using System.Threading;

namespace FastRun.Layers.Registry;

/// <summary>The wait before the next attempt, which ends early when the pull is given up.</summary>
internal sealed class RetryPause(RegistryTimeouts timeouts, CancellationToken stop)
{
    /// <summary>Waits.</summary>
    /// <param name="attempt">How many attempts have failed: at least one.</param>
    /// <param name="asked">What the server asks for, if it does.</param>
    /// <exception cref="OperationCanceledException">The pull was given up.</exception>
    internal void Wait(int attempt, TimeSpan? asked)
    {
        // Many clients that fail together shall not come back together.
        double spread = 0.8 + (0.4 * Random.Shared.NextDouble());
        TimeSpan delay = asked ?? timeouts.FirstDelay * (spread * Math.Pow(2, attempt - 1));
        delay = delay < TimeSpan.Zero ? TimeSpan.Zero : delay > timeouts.LongestDelay ? timeouts.LongestDelay : delay;
        stop.WaitHandle.WaitOne(delay);
        stop.ThrowIfCancellationRequested();
    }
}
