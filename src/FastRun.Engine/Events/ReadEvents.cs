using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Events;

/// <summary>What happened in this boot, and what happens.</summary>
public sealed class ReadEvents(StateLayout layout) : IDisposable
{
    /// <summary>How often the files are looked at where the kernel does not tell.</summary>
    private const long PeriodMilliseconds = 250;

    private readonly List<JournalFile> _files = [];

    /// <summary>Gives events to somebody, until the query's end; without one, until that one throws.</summary>
    /// <param name="query">Which.</param>
    /// <param name="take">Takes each.</param>
    /// <param name="cancellation">Ends it before.</param>
    /// <exception cref="EngineException">The journal cannot be read.</exception>
    public void Read(EventQuery query, Action<EngineEvent> take, CancellationToken cancellation = default)
    {
        ArgumentNullException.ThrowIfNull(query);
        ArgumentNullException.ThrowIfNull(take);
        EngineErrors.Translated(() =>
        {
            Follow(query, take, cancellation);
            return 0;
        });
    }

    /// <inheritdoc/>
    public void Dispose() => _files.ForEach(static file => file.Dispose());

    private void Follow(EventQuery query, Action<EngineEvent> take, CancellationToken cancellation)
    {
        FileAt.MakeDirectories(null, layout.Events, 0b_111_000_000);

        // Before the first look, so that nothing comes between.
        using DirectoryWatch? watch = DirectoryWatch.TryOpen(layout.Events);
        using PollSet poll = new();
        if (watch is not null)
        {
            poll.Add(watch.Descriptor.Number, PollEvents.Readable);
        }

        using CancellationDescriptor? end = CancellationDescriptor.TryOpen(cancellation);
        if (end is not null)
        {
            poll.Add(end.Number, PollEvents.Readable);
        }

        Refresh();
        if (query is { Since: null, Until: null })
        {
            _files.ForEach(static file => file.SkipToEnd());
        }

        DateTimeOffset since = query.Since ?? DateTimeOffset.MinValue;
        while (true)
        {
            // Looked at before the reading: what came until then is read in this round.
            DateTimeOffset now = DateTimeOffset.UtcNow;
            watch?.Drain();
            Refresh();
            foreach (JournalFile file in _files)
            {
                file.Read(happened =>
                {
                    if (happened.Time >= since && !(happened.Time > query.Until) && query.Filter.Includes(happened))
                    {
                        take(happened);
                    }
                });
            }

            if (now >= query.Until || cancellation.IsCancellationRequested)
            {
                return;
            }

            poll.Wait(Patience(watch is not null, query.Until - now));
        }
    }

    private static long Patience(bool watched, TimeSpan? left)
    {
        long most = watched ? long.MaxValue : PeriodMilliseconds;
        most = left is { } time ? Math.Min(most, (long)Math.Min(time.TotalMilliseconds, int.MaxValue) + 1) : most;
        return most == long.MaxValue ? -1 : most;
    }

    /// <summary>
    /// Opens the files that are new, and lets go of those that have lost their names. The current one is opened first: if it is
    /// renamed in between, it is found under the other name again.
    /// </summary>
    private void Refresh()
    {
        List<JournalFile> named = [];
        foreach (string name in (string[])[EventJournal.Current, EventJournal.Previous])
        {
            string path = Path.Combine(layout.Events, name);
            Fd? opened = FileAt.TryOpen(null, path, OpenFlags.Read | OpenFlags.NoFollow, 0, ResolveFlags.None, out _);
            if (opened is null)
            {
                continue;
            }

            JournalFile file = new(opened);
            FileStatus status = file.Status;
            if (_files.Find(known => known.Status.IsSameFile(status)) is { } known)
            {
                file.Dispose();
                file = known;
            }
            else
            {
                _files.Add(file);
            }

            named.Remove(file);
            named.Insert(0, file);
        }

        _files.FindAll(file => !named.Contains(file)).ForEach(static file => file.Dispose());
        _files.Clear();
        _files.AddRange(named);
    }
}
