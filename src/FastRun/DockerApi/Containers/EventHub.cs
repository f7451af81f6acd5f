using System;
using System.Collections.Generic;
using System.Threading;
using FastRun.Engine.Events;
using FastRun.Layers;

namespace FastRun.DockerApi.Containers;

/// <summary>
/// Tells those who wait for something what happens to containers: one thread that follows the journal for all of them, there only
/// while somebody waits. So what the command line does is seen as what clients do.
/// </summary>
/// <param name="layout">Where state is.</param>
internal sealed class EventHub(StateLayout layout) : IDisposable
{
    private readonly Lock _gate = new();
    private readonly List<Subscription> _subscriptions = [];
    private CancellationTokenSource? _following;

    /// <summary>Calls somebody for each event from now on, on one thread, until the subscription is disposed.</summary>
    internal IDisposable Subscribe(Action<EngineEvent> take)
    {
        Subscription subscription = new(this, take, DateTimeOffset.UtcNow);
        lock (_gate)
        {
            _subscriptions.Add(subscription);
            if (_following is null)
            {
                _following = new CancellationTokenSource();
                Thread thread = new(Follow) { IsBackground = true, Name = "events" };
                thread.Start((_following.Token, subscription.Since));
            }
        }

        return subscription;
    }

    /// <inheritdoc/>
    public void Dispose() => _following?.Cancel();

    private void Follow(object? state)
    {
        (CancellationToken end, DateTimeOffset since) = ((CancellationToken, DateTimeOffset))state!;
        using ReadEvents events = new(layout);
        events.Read(new EventQuery(since, Until: null, new EventFilter()), Tell, end);
    }

    private void Tell(EngineEvent happened)
    {
        Subscription[] subscriptions;
        lock (_gate)
        {
            subscriptions = [.. _subscriptions];
        }

        foreach (Subscription subscription in subscriptions)
        {
            if (happened.Time >= subscription.Since)
            {
                subscription.Take(happened);
            }
        }
    }

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            _subscriptions.Remove(subscription);
            if (_subscriptions.Count == 0)
            {
                _following?.Cancel();
                _following = null;
            }
        }
    }

    private sealed class Subscription(EventHub hub, Action<EngineEvent> take, DateTimeOffset since) : IDisposable
    {
        internal DateTimeOffset Since => since;

        internal void Take(EngineEvent happened) => take(happened);

        public void Dispose() => hub.Remove(this);
    }
}
