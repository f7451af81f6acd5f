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

/// <summary>
/// The journal while others append to it and rename it: each event once, in the order of the file. One reads at a time; one may wait meanwhile.
/// </summary>
public sealed class JournalFollower : IDisposable
{
    /// <summary>How often the files are looked at where the kernel does not tell.</summary>
    private const long PeriodMilliseconds = 250;

    private readonly StateLayout _layout;
    private readonly DirectoryWatch? _watch;
    private readonly CancellationDescriptor? _end;
    private readonly PollSet _poll = new();
    private List<JournalFile> _files = [];

    private JournalFollower(StateLayout layout, CancellationToken cancellation)
    {
        _layout = layout;
        FileAt.MakeDirectories(null, layout.Events, 0b_111_000_000);

        // Before the first look, so that nothing comes between.
        _watch = DirectoryWatch.TryOpen(layout.Events);
        if (_watch is not null)
        {
            _poll.Add(_watch.Descriptor.Number, PollEvents.Readable);
        }

        _end = CancellationDescriptor.TryOpen(cancellation);
        if (_end is not null)
        {
            _poll.Add(_end.Number, PollEvents.Readable);
        }
    }

    /// <summary>Begins with what is kept of this boot.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="cancellation">Ends the waiting.</param>
    /// <exception cref="EngineException">The journal cannot be read.</exception>
    public static JournalFollower Open(StateLayout layout, CancellationToken cancellation)
    {
        ArgumentNullException.ThrowIfNull(layout);
        return EngineErrors.Translated(() => new JournalFollower(layout, cancellation));
    }

    /// <summary>Leaves out what was written until now.</summary>
    /// <exception cref="EngineException">The journal cannot be read.</exception>
    public void SkipToEnd() => Refreshed(static file => file.SkipToEnd());

    /// <summary>Gives what was written since the last time.</summary>
    /// <exception cref="EngineException">The journal cannot be read.</exception>
    public void Read(Action<EngineEvent> take) => Refreshed(file => file.Read(take));

    /// <summary>Waits until there may be something to read, or it is cancelled.</summary>
    /// <param name="longest">No longer than this; null for as long as it takes.</param>
    public void Wait(TimeSpan? longest = null)
    {
        long most = _watch is not null ? long.MaxValue : PeriodMilliseconds;
        most = longest is { } time ? Math.Min(most, (long)Math.Min(time.TotalMilliseconds, int.MaxValue) + 1) : most;
        _poll.Wait(most == long.MaxValue ? -1 : most);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _files.ForEach(static file => file.Dispose());
        _watch?.Dispose();
        _end?.Dispose();
        _poll.Dispose();
    }

    private void Refreshed(Action<JournalFile> use) => EngineErrors.Translated(() =>
    {
        _watch?.Drain();
        Refresh();
        _files.ForEach(use);
        return 0;
    });

    /// <summary>
    /// Opens the files that are new, and lets go of those that have lost their names. The current one is opened first: if it is
    /// renamed in between, it is found under the other name again.
    /// </summary>
    private void Refresh()
    {
        List<JournalFile> named = [];
        foreach (string name in (ReadOnlySpan<string>)[EventJournal.Current, EventJournal.Previous])
        {
            string path = Path.Combine(_layout.Events, name);
            Fd? opened = FileAt.TryOpen(null, path, OpenFlags.Read | OpenFlags.NoFollow, 0, ResolveFlags.None, out Errno errno);
            if (opened is null && errno == Errno.ENOENT)
            {
                continue;
            }

            if (opened is null)
            {
                // No descriptor is left, for example: what is open is not to be read twice.
                return;
            }

            FileStatus status = FileAt.Stat(opened);
            JournalFile? file = _files.Find(known => known.Is(status));
            if (file is not null)
            {
                opened.Dispose();
            }
            else
            {
                _files.Add(file = new JournalFile(opened, status));
            }

            named.Remove(file);
            named.Insert(0, file);
        }

        _files.FindAll(file => !named.Contains(file)).ForEach(static file => file.Dispose());
        _files = named;
    }
}
