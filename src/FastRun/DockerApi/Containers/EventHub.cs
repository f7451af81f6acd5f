using System;
using System.Collections.Generic;
using System.Threading;
using FastRun.Engine.Errors;
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
    private Following? _following;

    private StateLayout Layout => layout;

    /// <summary>Calls somebody for each event that is written from now on, one at a time, until the subscription is disposed.</summary>
    /// <param name="take">Takes each, and does not wait for anything.</param>
    /// <exception cref="EngineException">The journal cannot be read.</exception>
    internal IDisposable Subscribe(Action<EngineEvent> take)
    {
        Subscription subscription = new(this, take);
        lock (_gate)
        {
            if (_following is null)
            {
                _following = new Following(this);
            }
            else
            {
                // What was written before is for those who were there.
                _following.Journal.Read(Tell);
            }

            _subscriptions.Add(subscription);
        }

        return subscription;
    }

    /// <inheritdoc/>
    public void Dispose() => _following?.Dispose();

    private void Tell(EngineEvent happened) => _subscriptions.ForEach(subscription => subscription.Take(happened));

    private void Remove(Subscription subscription)
    {
        lock (_gate)
        {
            if (_subscriptions.Remove(subscription) && _subscriptions.Count == 0)
            {
                _following!.Dispose();
                _following = null;
            }
        }
    }

    private sealed class Subscription(EventHub hub, Action<EngineEvent> take) : IDisposable
    {
        internal void Take(EngineEvent happened) => take(happened);

        public void Dispose() => hub.Remove(this);
    }

    /// <summary>The thread, from the first of some subscriptions to the end of the last.</summary>
    private sealed class Following : IDisposable
    {
        /// <summary>When a journal that could not be read is looked at again: those who wait for something hear of it late, but they do.</summary>
        private static readonly TimeSpan s_again = TimeSpan.FromSeconds(1);

        private readonly EventHub _hub;
        private readonly CancellationTokenSource _end = new();
        private TimeSpan? _longest;

        internal Following(EventHub hub)
        {
            _hub = hub;
            Journal = JournalFollower.Open(hub.Layout, _end.Token);
            try
            {
                Journal.SkipToEnd();
            }
            catch
            {
                Journal.Dispose();
                throw;
            }

            new Thread(Run) { IsBackground = true, Name = "events" }.Start();
        }

        internal JournalFollower Journal { get; }

        /// <summary>Ends the thread, which lets go of the journal.</summary>
        public void Dispose() => _end.Cancel();

        private void Run()
        {
            using (_end)
            using (Journal)
            {
                while (TryRead())
                {
                    Journal.Wait(_longest);
                }
            }
        }

        private bool TryRead()
        {
            lock (_hub._gate)
            {
                if (_end.IsCancellationRequested)
                {
                    return false;
                }

                try
                {
                    Journal.Read(_hub.Tell);
                    _longest = null;
                }
                catch (EngineException)
                {
                    _longest = s_again;
                }

                return true;
            }
        }
    }
}
