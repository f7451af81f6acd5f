using System;
using System.Globalization;
using System.Threading;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>
/// A file that is appended to until it is full; then it becomes <c>NAME.1</c>, the one before it <c>NAME.2</c> and so on, as
/// Docker names them, and the oldest goes. Each state between is one that readers understand: a name may be missing.
/// </summary>
internal sealed class RotatedFile : IDisposable
{
    private const int OwnerOnly = 0b_110_000_000;
    private const OpenFlags Appending = OpenFlags.Write | OpenFlags.Create | OpenFlags.Append | OpenFlags.NoFollow;

    private readonly string _path;
    private readonly long _capacity;
    private readonly int _files;
    private readonly LogCompression? _compression;
    private readonly string[] _suffixes;
    private Fd _file;
    private Thread? _compressing;

    private RotatedFile(string path, LogOptions options)
    {
        _path = path;
        _capacity = options.MaxSize ?? long.MaxValue;
        _files = options.MaxFiles;
        _compression = options.Compress ? LogCompression.Of(options.Driver) : null;
        _suffixes = _compression is null ? [""] : ["", _compression.Suffix];
        _file = FileAt.Open(null, path, OpenFlags.ReadWrite | Appending & ~OpenFlags.Write, OwnerOnly);
        Size = FileAt.Stat(_file).Size;
    }

    /// <summary>How long the file is.</summary>
    internal long Size { get; private set; }

    /// <summary>The file that is written to.</summary>
    internal Fd File => _file;

    /// <summary>Opens the file, behind whose end is written.</summary>
    /// <exception cref="SyscallException">It cannot be opened.</exception>
    internal static RotatedFile Open(string path, LogOptions options) => new(path, options);

    /// <summary>The name of a file that was rotated; number 0 is the one that is written to.</summary>
    internal static string NameOf(string path, int number) =>
        number == 0 ? path : path + "." + number.ToString(CultureInfo.InvariantCulture);

    /// <summary>Whether the next entry belongs in a new file.</summary>
    /// <param name="pending">How many bytes wait to be written.</param>
    internal bool IsFull(int pending) => Size + pending >= _capacity;

    /// <summary>Writes once.</summary>
    /// <returns>How many bytes, or -errno.</returns>
    internal int TryWrite(ReadOnlySpan<byte> bytes)
    {
        int written = Pipe.TryWrite(_file, bytes);
        Size += Math.Max(written, 0);
        return written;
    }

    /// <summary>Cuts off what is behind the last whole entry, after a writer that was killed.</summary>
    internal void SetSize(long size)
    {
        FileContent.SetLength(_file, size);
        Size = size;
    }

    /// <summary>Begins a new file. Where the disk has no room for one, the old one grows on.</summary>
    internal void Rotate()
    {
        _compressing?.Join();
        _compressing = null;
        string fresh = _path + ".new";
        Fd? file = FileAt.TryOpen(null, fresh, Appending | OpenFlags.Truncate, OwnerOnly, ResolveFlags.None, out _);
        if (file is null)
        {
            return;
        }

        if (_files > 1)
        {
            Shift();
        }

        if (FileAt.TryRename(null, fresh, null, _path) != Errno.None)
        {
            // The old one has gone on to its new name, or not: it is open, and nothing of it is lost.
            file.Dispose();
            return;
        }

        _file.Dispose();
        _file = file;
        Size = 0;
        if (_compression is { } compression && _files > 1)
        {
            _compressing = new Thread(() => compression.TryCompress(NameOf(_path, 1)), 256 * 1024) { IsBackground = true, Name = "log compression" };
            _compressing.Start();
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _compressing?.Join();
        _file.Dispose();
    }

    private void Shift()
    {
        for (int number = _files - 1; number > 0; number--)
        {
            foreach (string suffix in _suffixes)
            {
                string from = NameOf(_path, number) + suffix;
                if (number == _files - 1)
                {
                    FileAt.TryUnlink(null, from);
                }
                else
                {
                    FileAt.TryRename(null, from, null, NameOf(_path, number + 1) + suffix);
                }
            }
        }

        FileAt.TryRename(null, _path, null, NameOf(_path, 1));
    }
}
