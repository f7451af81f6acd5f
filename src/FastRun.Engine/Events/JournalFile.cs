using System;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Events;

/// <summary>One file of the journal, read while others append to it.</summary>
internal sealed class JournalFile(Fd file) : IDisposable
{
    private readonly byte[] _buffer = new byte[EventFormat.LongestLine];
    private int _length;

    /// <summary>Which file it is, whatever its name is by now.</summary>
    internal FileStatus Status => FileAt.Stat(file);

    /// <summary>Goes behind what is there already.</summary>
    internal void SkipToEnd() => FileContent.Seek(file, Status.Size);

    /// <summary>Gives what was appended since the last time.</summary>
    internal void Read(Action<EngineEvent> take)
    {
        int read;
        while ((read = FileContent.Read(file, _buffer.AsSpan(_length))) > 0)
        {
            _length += read;
            int start = 0;
            int newline;
            while ((newline = _buffer.AsSpan(start, _length - start).IndexOf((byte)'\n')) >= 0)
            {
                if (newline > 0 && EventFormat.TryParse(_buffer.AsSpan(start, newline)) is { } happened)
                {
                    take(happened);
                }

                start += newline + 1;
            }

            // A line that fills the buffer is none of ours.
            _length = start == 0 && _length == _buffer.Length ? 0 : _length - start;
            _buffer.AsSpan(start, _length).CopyTo(_buffer);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();
}
