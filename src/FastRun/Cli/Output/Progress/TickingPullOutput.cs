using System.Collections.Generic;
using System.Threading;
using FastRun.Layers.Pipeline;

namespace FastRun.Cli.Output.Progress;

/// <summary>A pull that is looked at ten times a second while layers come.</summary>
internal abstract class TickingPullOutput(OutputWriter output) : PullOutput(output)
{
    private const int Period = 100;
    private const int StackSize = 256 * 1024;

    private readonly object _wake = new();
    private bool _stopped;
    private Thread? _ticker;

    public override void Begin(IReadOnlyList<LayerProgress> bottomFirst)
    {
        Stop();
        base.Begin(bottomFirst);
        _stopped = false;
        _ticker = new Thread(Run, StackSize) { IsBackground = true, Name = "progress" };
        _ticker.Start();
    }

    public override void Completed(Layers.Images.PulledImage image)
    {
        Stop();
        base.Completed(image);
    }

    public override void End()
    {
        Stop();
        base.End();
    }

    /// <summary>Shows how it stands.</summary>
    /// <param name="last">Whether this is the last time for these layers.</param>
    private protected abstract void Tick(bool last);

    private void Run()
    {
        lock (_wake)
        {
            while (!_stopped)
            {
                Tick(last: false);
                Monitor.Wait(_wake, Period);
            }
        }
    }

    private void Stop()
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
            Tick(last: true);
        }
    }
}
