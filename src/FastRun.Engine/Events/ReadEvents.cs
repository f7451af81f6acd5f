using System;
using System.Threading;
using FastRun.Engine.Errors;
using FastRun.Layers;

namespace FastRun.Engine.Events;

/// <summary>What happened in this boot, and what happens.</summary>
public sealed class ReadEvents(StateLayout layout)
{
    /// <summary>Gives events to somebody, until the query's end; without one, until that one throws.</summary>
    /// <param name="query">Which.</param>
    /// <param name="take">Takes each.</param>
    /// <param name="cancellation">Ends it before.</param>
    /// <exception cref="EngineException">The journal cannot be read.</exception>
    public void Read(EventQuery query, Action<EngineEvent> take, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(take);
        using JournalFollower journal = JournalFollower.Open(layout, cancellation);
        if (query is { Since: null, Until: null })
        {
            journal.SkipToEnd();
        }

        DateTimeOffset since = query.Since ?? DateTimeOffset.MinValue;
        while (true)
        {
            // Looked at before the reading: what came until then is read in this round.
            DateTimeOffset now = DateTimeOffset.UtcNow;
            journal.Read(happened =>
            {
                if (happened.Time >= since && !(happened.Time > query.Until) && query.Filter.Includes(happened))
                {
                    take(happened);
                }
            });
            if (now >= query.Until || cancellation.IsCancellationRequested)
            {
                return;
            }

            journal.Wait(query.Until - now);
        }
    }
}
