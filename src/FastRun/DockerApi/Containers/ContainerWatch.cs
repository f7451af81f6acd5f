using System;
using System.Collections.Generic;
using System.Globalization;
using System.Threading;
using System.Threading.Channels;
using System.Threading.Tasks;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Events;
using FastRun.Engine.Supervision;
using FastRun.Layers;

namespace FastRun.DockerApi.Containers;

/// <summary>Waits for what happens to one container, from the moment at which it is made.</summary>
internal sealed class ContainerWatch : IDisposable
{
    private const int LongestRecording = 10_000;

    private readonly StateLayout _layout;
    private readonly Container _container;
    private readonly Channel<(string Action, int Code)> _happened = Channel.CreateUnbounded<(string, int)>();
    private readonly CancellationTokenSource _left = new();
    private readonly IDisposable _subscription;

    internal ContainerWatch(StateLayout layout, EventHub hub, Container container)
    {
        (_layout, _container) = (layout, container);
        _subscription = hub.Subscribe(Take);
    }

    /// <summary>Waits until it has ended the next time.</summary>
    /// <returns>The exit code; that of its last run where it was removed instead.</returns>
    internal async Task<int> NextExitAsync(CancellationToken gone)
    {
        if (_container.IsRunning)
        {
            Watch();
        }

        await foreach ((string action, int code) in _happened.Reader.ReadAllAsync(gone))
        {
            switch (action)
            {
                case "start":
                    Watch();
                    break;
                case "die":
                    await RecordedAsync(gone);
                    return code;
                case "destroy":
                    return _container.State.ExitCode;
                default:
                    break;
            }
        }

        return _container.State.ExitCode;
    }

    /// <summary>Waits until its end, which was told, is on record, too: whoever has waited for it removes it next.</summary>
    private async Task RecordedAsync(CancellationToken gone)
    {
        long patience = Environment.TickCount64 + LongestRecording;
        while (Environment.TickCount64 < patience
            && new ContainerStore(_layout).TryRead(_container.Id) is { IsRunning: true, Written.Status: ContainerStatus.Running } now
            && !now.Written.Process.IsAlive())
        {
            await Task.Delay(1, gone);
        }
    }

    /// <summary>Waits until it is removed.</summary>
    /// <returns>The exit code of its last run.</returns>
    internal async Task<int> RemovalAsync(CancellationToken gone)
    {
        int last = _container.State.ExitCode;
        await foreach ((string action, int code) in _happened.Reader.ReadAllAsync(gone))
        {
            if (action == "destroy")
            {
                break;
            }

            last = action == "die" ? code : last;
        }

        return last;
    }

    /// <summary>Waits until it is started.</summary>
    /// <returns>False where it was removed instead.</returns>
    internal async Task<bool> StartAsync(CancellationToken gone)
    {
        await foreach ((string action, _) in _happened.Reader.ReadAllAsync(gone))
        {
            if (action is "start" or "destroy")
            {
                return action == "start";
            }
        }

        return false;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _subscription.Dispose();
        _left.Cancel();
        _happened.Writer.TryComplete();
    }

    private void Take(EngineEvent happened)
    {
        if (happened.Type == EventType.Container && happened.Id == _container.Id && happened.Action is "start" or "die" or "destroy")
        {
            int code = int.TryParse(happened.Attributes.GetValueOrDefault("exitCode"), NumberStyles.None, CultureInfo.InvariantCulture, out int exit) ? exit : 0;
            _happened.Writer.TryWrite((happened.Action, code));
        }
    }

    /// <summary>
    /// A supervisor that is killed writes no event; whoever is connected to it sees it, and the end of one whose event was written just before this
    /// was made.
    /// </summary>
    private void Watch() => _ = Task.Run(async () =>
    {
        try
        {
            using AttachSession? session = AttachSession.TryConnect(_layout, _container.Record, AttachStreams.None);
            int? told = session is null ? null : await session.WaitUntilExitedAsync(_left.Token);
            if ((told ?? ExitCodeOfTheDead()) is { } code)
            {
                _happened.Writer.TryWrite(("die", code));
            }
        }
        catch (Exception e) when (Streams.StreamRelay.IsGone(e))
        {
            // Nobody waits any more.
        }
    });

    private int? ExitCodeOfTheDead() => new ContainerStore(_layout).TryRead(_container.Id) is { IsRunning: false } dead ? dead.State.ExitCode : null;
}
