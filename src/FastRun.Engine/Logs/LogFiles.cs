using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>The files of one log, while its writer may rotate them.</summary>
/// <param name="directory">The container's directory.</param>
/// <param name="driver">The log's driver.</param>
/// <param name="most">How many files there can be.</param>
internal sealed class LogFiles(string directory, string driver, int most)
{
    private readonly string _path = Path.Combine(directory, ContainerLog.FileName);

    /// <summary>Opens the files that hold the last entries, at the first of these.</summary>
    /// <param name="tail">How many entries; null for all.</param>
    /// <returns>The readers, the oldest file's first.</returns>
    internal List<LogReader> Open(long? tail)
    {
        while (true)
        {
            List<LogReader> readers = TryOpen(tail);
            if (AreInOrder(readers))
            {
                return readers;
            }

            readers.ForEach(static reader => reader.Dispose());
        }
    }

    /// <summary>Opens the files that were begun after one that was read.</summary>
    internal List<LogReader> OpenAfter(LogReader read)
    {
        List<LogReader> readers = [];
        for (int number = 0; number < most; number++)
        {
            LogReader? reader = TryOpen(number);
            reader?.PeekFirst();
            if (reader is null || IsKnown(reader, readers) || reader.Status.IsSameFile(read.Status) || reader.FirstTime <= read.FirstTime)
            {
                reader?.Dispose();
            }
            else
            {
                readers.Add(reader);
            }
        }

        readers.Sort(static (one, other) => Begin(one).CompareTo(Begin(other)));
        return readers;
    }

    private List<LogReader> TryOpen(long? tail)
    {
        List<LogReader> readers = [];
        long left = tail ?? long.MaxValue;
        for (int number = 0; number < most && (left > 0 || number == 0); number++)
        {
            LogReader? reader = TryOpen(number);
            if (reader is null)
            {
                continue;
            }

            // Only a full file is rotated: one without an entry is damaged, and must not pass for the newest.
            reader.PeekFirst();
            if (IsKnown(reader, readers) || (number > 0 && reader.FirstTime is null))
            {
                reader.Dispose();
                continue;
            }

            left -= tail is null ? 0 : reader.SeekToLast(left);
            readers.Insert(0, reader);
        }

        return readers;
    }

    /// <summary>Whether the name of the file that is written to means another one by now.</summary>
    internal bool HasRotated(LogReader newest) =>
        FileAt.TryStat(null, _path, out FileStatus named) == Errno.None && !named.IsSameFile(newest.Status);

    /// <summary>
    /// Between the opening of two files they may be renamed, or compressed: then one file is found twice. Files are known by their
    /// first entries.
    /// </summary>
    private static bool IsKnown(LogReader reader, List<LogReader> readers) =>
        readers.Exists(known => known.Status.IsSameFile(reader.Status) || (known.FirstTime is { } time && time == reader.FirstTime));

    /// <summary>A file that was begun after another may have been found behind it, if it was rotated twice in between.</summary>
    private static bool AreInOrder(List<LogReader> readers)
    {
        for (int i = 1; i < readers.Count; i++)
        {
            if (Begin(readers[i]) < Begin(readers[i - 1]))
            {
                return false;
            }
        }

        return true;
    }

    // The newest may have been opened before it had an entry, and another one have been begun after that: then it has one by now.
    private static DateTimeOffset Begin(LogReader reader)
    {
        reader.PeekFirst();
        return reader.FirstTime ?? DateTimeOffset.MaxValue;
    }

    private LogReader? TryOpen(int number)
    {
        string name = RotatedFile.NameOf(_path, number);
        if (TryOpen(name) is { } plain)
        {
            return Reader(plain);
        }

        LogCompression compression = LogCompression.Of(driver);
        using Fd? compressed = number == 0 ? null : TryOpen(name + compression.Suffix);
        return compressed is null ? null : Reader(compression.Decompress(compressed, directory));
    }

    private static Fd? TryOpen(string path)
    {
        Fd? file = FileAt.TryOpen(null, path, OpenFlags.Read | OpenFlags.NoFollow, 0, ResolveFlags.None, out Errno errno);
        return file is not null || errno == Errno.ENOENT ? file : throw new SyscallException("openat2", errno, path);
    }

    private LogReader Reader(Fd file) => driver == LogOptions.Local ? new LocalLogReader(file) : new JsonFileReader(file);
}
