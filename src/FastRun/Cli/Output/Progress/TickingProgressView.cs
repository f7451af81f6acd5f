using System;
using System.Collections.Generic;
using System.Threading;

namespace FastRun.Cli.Output.Progress;

/// <summary>Layers that are looked at ten times a second.</summary>
internal abstract class TickingProgressView(OutputWriter output) : ProgressView(output)
{
    private const int Period = 100;
    private const int StackSize = 256 * 1024;

    private readonly object _wake = new();
    private Func<IReadOnlyList<ProgressLine>> _layers = static () => [];
    private bool _stopped;
    private Thread? _ticker;

    internal override void Begin(Func<IReadOnlyList<ProgressLine>> layers)
    {
        Stop();
        _layers = layers;
        _stopped = false;
        _ticker = new Thread(Run, StackSize) { IsBackground = true, Name = "progress" };
        _ticker.Start();
    }

    internal override void Stop()
    {
        if (_ticker is not null)
        {
            lock (_wake)
            {
                _stopped = true;
                Monitor.Pulse(_wake);
            }

            _ticker.Join();
            _ticker = null;
            Tick(_layers(), last: true);
        }
    }

    /// <summary>Shows how it stands.</summary>
    /// <param name="layers">The layers.</param>
    /// <param name="last">Whether this is the last time for these layers.</param>
    private protected abstract void Tick(IReadOnlyList<ProgressLine> layers, bool last);

    private void Run()
    {
        lock (_wake)
        {
            while (!_stopped)
            {
                Tick(_layers(), last: false);
                Monitor.Wait(_wake, Period);
            }
        }
    }
}
