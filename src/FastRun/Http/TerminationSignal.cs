using System;
using FastRun.Native.Launch;
using FastRun.Native.Terminals;

namespace FastRun.Http;

/// <summary>The signals that ask a server to end. A second one ends it at once.</summary>
internal sealed class TerminationSignal : IDisposable
{
    private readonly SignalRelay _signals = SignalRelay.Start([1, 2, 15]);

    /// <summary>Waits for one.</summary>
    internal void Wait()
    {
        using PollSet poll = new();
        poll.Add(_signals.Descriptor.Number, PollEvents.Readable);
        while (!_signals.TryRead(out _))
        {
            poll.Wait();
        }

        _signals.Release();
    }

    /// <inheritdoc/>
    public void Dispose() => _signals.Dispose();
}
