using System;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>Reads one file of a log, in the form of its driver, while more may be written.</summary>
internal abstract class LogReader(Fd file) : IDisposable
{
    private const int BlockSize = 64 * 1024;

    private byte[] _buffer = new byte[BlockSize];
    private int _start;
    private int _end;
    private bool _isPeeked;
    private LogEntry _peeked;

    /// <summary>Which file it is, whatever its name is by now.</summary>
    internal FileStatus Status => FileAt.Stat(file);

    /// <summary>The file.</summary>
    protected Fd File => file;

    /// <summary>The time of the first entry; null while there is none.</summary>
    internal DateTimeOffset? FirstTime { get; private set; }

    /// <summary>The longest entry that somebody of ours writes.</summary>
    protected abstract int LongestEntry { get; }

    /// <summary>Goes to the last entries.</summary>
    /// <param name="count">How many.</param>
    /// <returns>How many there are, at most that many.</returns>
    internal long SeekToLast(long count)
    {
        PeekFirst();
        _isPeeked = false;
        (_start, _end) = (0, 0);
        FileContent.Seek(file, FindLast(count, out long found));
        return found;
    }

    /// <summary>Reads the next entry; false where no whole one is there yet. What is not an entry is passed over.</summary>
    internal bool TryRead(out LogEntry entry)
    {
        if (_isPeeked)
        {
            _isPeeked = false;
            entry = _peeked;
            return true;
        }

        while (true)
        {
            int length = NextLength(_buffer.AsSpan(_start, _end - _start));
            if (length > 0)
            {
                ReadOnlySpan<byte> bytes = _buffer.AsSpan(_start, length);
                _start += length;
                if (TryParse(bytes, out entry))
                {
                    FirstTime ??= entry.Time;
                    return true;
                }
            }
            else if (!Fill())
            {
                entry = default;
                return false;
            }
        }
    }

    /// <summary>Looks at the first entry, before anything was read.</summary>
    internal void PeekFirst()
    {
        if (FirstTime is null)
        {
            _isPeeked = TryRead(out _peeked);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    /// <summary>Where the last entries begin.</summary>
    protected abstract long FindLast(long count, out long found);

    /// <summary>How long the next entry is; 0 where it is not whole.</summary>
    protected abstract int NextLength(ReadOnlySpan<byte> bytes);

    /// <summary>Reads an entry; false where it is none.</summary>
    protected abstract bool TryParse(ReadOnlySpan<byte> bytes, out LogEntry entry);

    private bool Fill()
    {
        _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
        (_start, _end) = (0, _end - _start);
        if (_end == _buffer.Length)
        {
            if (_end > LongestEntry)
            {
                // Nobody of ours wrote that.
                _end = 0;
            }
            else
            {
                Array.Resize(ref _buffer, _buffer.Length * 2);
            }
        }

        int read = FileContent.Read(file, _buffer.AsSpan(_end));
        _end += read;
        return read > 0;
    }
}
