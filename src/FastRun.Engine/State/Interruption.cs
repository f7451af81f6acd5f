using System;
using System.Threading;
using FastRun.Engine.Errors;
using FastRun.Native.Launch;
using FastRun.Native.Terminals;

namespace FastRun.Engine.State;

/// <summary>
/// While it lives, SIGINT, SIGTERM and SIGHUP ask this process to end what it does, and to leave nothing behind; a second
/// one ends it at once.
/// </summary>
internal sealed class Interruption : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly SignalRelay _signals;
    private readonly Thread _thread;
    private volatile int _signal;

    internal Interruption()
    {
        _signals = SignalRelay.Start([1, 2, 15]);
        _thread = new Thread(Listen, 64 * 1024) { IsBackground = true, Name = "signals" };
        _thread.Start();
    }

    /// <summary>Cancelled by the first signal.</summary>
    internal CancellationToken Token => _source.Token;

    /// <summary>Whether one came.</summary>
    internal bool Came => _signal != 0;

    /// <summary>What a signal that came makes of the operation.</summary>
    /// <exception cref="EngineException">One came.</exception>
    internal void ThrowIfInterrupted()
    {
        if (_signal != 0)
        {
            throw EngineException.Interrupted(_signal);
        }
    }

    /// <summary>Gives the signals back; one that came until now is known.</summary>
    public void Dispose()
    {
        _signals.Release();
        _signals.Wake();
        _thread.Join();
        _signals.Dispose();
        _source.Dispose();
    }

    private void Listen()
    {
        using PollSet poll = new();
        poll.Add(_signals.Descriptor.Number, PollEvents.Readable);
        while (true)
        {
            poll.Wait();
            while (_signals.TryRead(out int signal))
            {
                if (signal == 0)
                {
                    return;
                }

                _signal = signal;
                _signals.Release();
                _source.Cancel();
            }
        }
    }
}
