using System;
using System.Collections.Generic;

namespace FastRun.Engine.Logs;

/// <summary>Where the output of a container goes besides those who are attached.</summary>
internal abstract class ContainerLog : IDisposable
{
    /// <summary>The log's file in a container's directory.</summary>
    internal const string FileName = "container.log";

    /// <summary>The largest piece of a line that is kept as one entry, as in Docker.</summary>
    internal const int LargestEntry = 16 * 1024;

    private readonly byte[] _output = new byte[LargestEntry];
    private readonly byte[] _error = new byte[LargestEntry];
    private int _outputLength;
    private int _errorLength;
    private long _lastTicks;

    /// <summary>
    /// Whether something waits that cannot be written now, because the disk is full: until <see cref="Retry"/> has written it,
    /// the container's output is not to be read.
    /// </summary>
    internal virtual bool IsBehind => false;

    /// <summary>Opens the log that a container asks for; null where it asks for none.</summary>
    /// <param name="options">What it asks for.</param>
    /// <param name="path">The log's file.</param>
    /// <param name="attributes">What is kept with each entry.</param>
    internal static ContainerLog? Open(LogOptions options, string path, SortedDictionary<string, string> attributes)
    {
        if (options.Driver == LogOptions.None)
        {
            return null;
        }

        ContainerLog log = options.Driver == LogOptions.Local
            ? new LocalLog(RotatedFile.Open(path, options))
            : new JsonFileLog(RotatedFile.Open(path, options), attributes);
        return options.BufferSize is { } size ? new BufferedLog(log, size) : log;
    }

    /// <summary>Takes what the container wrote: an entry for each line, and for each piece of one that is longer than an entry.</summary>
    /// <param name="error">Whether it is from its standard error.</param>
    /// <param name="bytes">What it wrote.</param>
    internal void Write(bool error, ReadOnlySpan<byte> bytes)
    {
        byte[] line = error ? _error : _output;
        ref int length = ref error ? ref _errorLength : ref _outputLength;
        while (!bytes.IsEmpty)
        {
            int end = bytes.IndexOf((byte)'\n') + 1;
            int take = Math.Min(end > 0 ? end : bytes.Length, line.Length - length);
            bytes[..take].CopyTo(line.AsSpan(length));
            length += take;
            bytes = bytes[take..];
            if (length == line.Length || line[length - 1] == (byte)'\n')
            {
                WriteEntry(error, NextTicks(), line.AsSpan(0, length));
                length = 0;
            }
        }

        Flush();
    }

    /// <summary>Writes the lines that did not end, when nothing more will come.</summary>
    internal virtual void Complete()
    {
        WriteRest(error: false, _output, ref _outputLength);
        WriteRest(error: true, _error, ref _errorLength);
        Flush();
    }

    /// <summary>Tries again to write what waits.</summary>
    internal virtual void Retry()
    {
    }

    /// <inheritdoc/>
    public abstract void Dispose();

    /// <summary>Keeps one entry.</summary>
    /// <param name="error">Whether it is from its standard error.</param>
    /// <param name="ticks">When it came, in ticks of UTC; no two entries of a run have the same.</param>
    /// <param name="text">What was written.</param>
    protected internal abstract void WriteEntry(bool error, long ticks, ReadOnlySpan<byte> text);

    /// <summary>Hands over what is buffered.</summary>
    protected internal abstract void Flush();

    /// <summary>The time, later than that of the entry before: readers tell files of one log apart by it.</summary>
    private long NextTicks() => _lastTicks = Math.Max(DateTime.UtcNow.Ticks, _lastTicks + 1);

    private void WriteRest(bool error, byte[] line, ref int length)
    {
        if (length > 0)
        {
            WriteEntry(error, NextTicks(), line.AsSpan(0, length));
            length = 0;
        }
    }
}
