using System;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Events;

/// <summary>One file of the journal, read while others append to it.</summary>
/// <param name="file">The file.</param>
/// <param name="status">Which file it is, whatever its name is by now.</param>
internal sealed class JournalFile(Fd file, FileStatus status) : IDisposable
{
    // Room for some ordinary events: a daemon opens these files for each container, and large arrays live long.
    private const int Room = 8 * 1024;

    private byte[] _buffer = new byte[Room];
    private int _length;

    /// <summary>Whether it is the file that somebody has found under a name.</summary>
    internal bool Is(FileStatus found) => status.IsSameFile(found);

    /// <summary>Goes behind what is there already.</summary>
    internal void SkipToEnd() => FileContent.Seek(file, FileAt.Stat(file).Size);

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

            _length -= start;
            _buffer.AsSpan(start, _length).CopyTo(_buffer);
            if (_length == _buffer.Length)
            {
                Enlarge();
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => file.Dispose();

    private void Enlarge()
    {
        if (_buffer.Length < EventFormat.LongestLine)
        {
            Array.Resize(ref _buffer, Math.Min(2 * _buffer.Length, EventFormat.LongestLine));
        }
        else
        {
            // A line that fills the buffer is none of ours.
            _length = 0;
        }
    }
}
