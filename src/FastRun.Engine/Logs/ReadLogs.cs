using System;
using System.IO;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Logs;

/// <summary>What a container has written.</summary>
public sealed class ReadLogs(StateLayout layout)
{
    private const int PatienceMilliseconds = 50;

    /// <summary>Gives the entries of a log to somebody, in the order in which they were written.</summary>
    /// <exception cref="EngineException">The container keeps no log.</exception>
    public void Read(Container container, LogQuery query, Action<LogEntry> take) => EngineErrors.Translated(() =>
    {
        using JsonFileReader? reader = Open(container);
        if (reader is null)
        {
            return 0;
        }

        if (query.Tail is { } tail)
        {
            reader.SeekToLast(tail);
        }

        bool running;
        do
        {
            // Looked at before the reading: what was written until then is read in this round.
            running = query.Follow && IsRunning(container.Id);
            while (reader.TryRead(out LogEntry entry))
            {
                if (query.Until is { } until && entry.Time > until)
                {
                    return 0;
                }

                if (query.Since is not { } since || entry.Time >= since)
                {
                    take(entry);
                }
            }

            if (running)
            {
                Wait(container);
            }
        }
        while (running);

        return 0;
    });

    private bool IsRunning(string id) => new ContainerStore(layout).TryRead(id)?.IsRunning == true;

    /// <summary>Waits for a moment, or until the container's supervisor has ended.</summary>
    private static void Wait(Container container)
    {
        using Fd? supervisor = container.Written.Supervisor.TryOpen();
        using PollSet poll = new();
        if (supervisor is not null)
        {
            poll.Add(supervisor.Number, PollEvents.Readable);
        }

        poll.Wait(PatienceMilliseconds);
    }

    /// <summary>Opens the log; null where nothing was written yet.</summary>
    private JsonFileReader? Open(Container container)
    {
        if (container.Record.Request.Log is { Driver: "none" })
        {
            throw new EngineException(ErrorKind.Unsupported, "configured logging driver does not support reading");
        }

        string path = Path.Combine(layout.Container(container.Id), ContainerLog.FileName);
        Fd? file = FileAt.TryOpen(null, path, OpenFlags.Read | OpenFlags.NoFollow, 0, ResolveFlags.None, out Errno errno);
        return file is not null ? new JsonFileReader(file)
            : errno != Errno.ENOENT ? throw new SyscallException("openat2", errno, path)
            : !container.IsRunning ? null
            : throw new EngineException(
                ErrorKind.Conflict,
                $"container {container.Name}: its output goes to the command that runs it, and is not kept",
                hint: "leave out --rm, or add --detach, for a container that keeps a log");
    }
}
