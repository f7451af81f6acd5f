using System;
using System.Collections.Generic;
using System.Threading;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.State;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Logs;

/// <summary>What a container has written.</summary>
public sealed class ReadLogs(StateLayout layout)
{
    /// <summary>How often the files are looked at where the kernel does not tell.</summary>
    private const long PeriodMilliseconds = 50;

    /// <summary>Gives the entries of a log to somebody, in the order in which they were written.</summary>
    /// <param name="container">The container.</param>
    /// <param name="query">Which entries.</param>
    /// <param name="take">Takes each.</param>
    /// <param name="idle">Called when all that is there was given, before more is waited for.</param>
    /// <param name="cancellation">Ends the waiting for more.</param>
    /// <exception cref="EngineException">The container keeps no log.</exception>
    public void Read(Container container, LogQuery query, Action<LogEntry> take, Action idle, CancellationToken cancellation = default) => EngineErrors.Translated(() =>
    {
        LogOptions options = LogOptions.Parse(container.Record.Request.Log);
        if (options.Driver == LogOptions.None)
        {
            throw new EngineException(ErrorKind.Unsupported, "configured logging driver does not support reading");
        }

        // Watched before the first look, so that nothing comes between.
        using DirectoryWatch? watch = query.Follow ? DirectoryWatch.TryOpen(layout.Container(container.Id)) : null;
        LogFiles files = new(layout.Container(container.Id), options.Driver, options.MaxFiles);
        List<LogReader> readers = files.Open(query.Tail);
        try
        {
            if (readers.Count == 0)
            {
                RequireKept(container);
            }

            Read(container, query, files, readers, watch, take, idle, cancellation);
        }
        finally
        {
            readers.ForEach(static reader => reader.Dispose());
        }

        return 0;
    });

    private void Read(
        Container container, LogQuery query, LogFiles files, List<LogReader> readers, DirectoryWatch? watch, Action<LogEntry> take, Action idle, CancellationToken cancellation)
    {
        bool running = query.Follow;
        using CancellationDescriptor? end = CancellationDescriptor.TryOpen(cancellation);
        while (true)
        {
            // Each question before the reading that it is about: what came until then is read in this round.
            DateTimeOffset now = DateTimeOffset.UtcNow;
            watch?.Drain();
            bool rotated = query.Follow && readers.Count > 0 && files.HasRotated(readers[^1]);
            bool any = ReadAll(query, readers, take, out bool ended);
            if (rotated)
            {
                // The last of the old file was read above: it was not written to any more.
                List<LogReader> newer = files.OpenAfter(readers[^1]);
                any |= newer.Count > 0;
                readers.AddRange(newer);
            }

            if (any && !ended)
            {
                continue;
            }

            idle();
            if (ended || !running || now > query.Until || cancellation.IsCancellationRequested)
            {
                return;
            }

            if (new ContainerStore(layout).TryRead(container.Id) is { IsRunning: true } current)
            {
                Wait(current, watch, end, query.Until - now);
            }
            else
            {
                running = false;
            }
        }
    }

    private static bool ReadAll(LogQuery query, List<LogReader> readers, Action<LogEntry> take, out bool ended)
    {
        bool any = false;
        ended = false;
        for (int i = 0; i < readers.Count && !ended; i++)
        {
            while (readers[i].TryRead(out LogEntry entry))
            {
                any = true;
                if (query.Until is { } until && entry.Time > until)
                {
                    ended = true;
                    break;
                }

                if (query.Since is not { } since || entry.Time >= since)
                {
                    take(entry);
                }
            }
        }

        // The newest stays: what is written goes there.
        while (readers.Count > 1)
        {
            readers[0].Dispose();
            readers.RemoveAt(0);
        }

        return any;
    }

    /// <summary>Waits until something has changed, or the container's supervisor has ended.</summary>
    private static void Wait(Container container, DirectoryWatch? watch, CancellationDescriptor? end, TimeSpan? left)
    {
        using Fd? supervisor = container.Written.Supervisor.TryOpen();
        using PollSet poll = new();
        if (supervisor is not null)
        {
            poll.Add(supervisor.Number, PollEvents.Readable);
        }

        long most = watch is null || supervisor is null ? PeriodMilliseconds : -1;
        if (watch is not null)
        {
            poll.Add(watch.Descriptor.Number, PollEvents.Readable);
        }

        if (end is not null)
        {
            poll.Add(end.Number, PollEvents.Readable);
        }

        if (left is { } time)
        {
            long until = (long)Math.Clamp(time.TotalMilliseconds, 0, int.MaxValue) + 1;
            most = most < 0 ? until : Math.Min(most, until);
        }

        poll.Wait(most);
    }

    /// <exception cref="EngineException">Its output is not kept.</exception>
    private static void RequireKept(Container container)
    {
        if (container.IsRunning)
        {
            throw new EngineException(
                ErrorKind.Conflict,
                $"container {container.Name}: its output goes to the command that runs it, and is not kept",
                hint: "leave out --rm, or add --detach, for a container that keeps a log");
        }
    }
}
