using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Reports;

/// <summary>A file that tells of a run, and is replaced by a rename once that has ended: readers see the old one or the whole new one.</summary>
internal sealed class ResultFile
{
    private const int ReadableByAll = 0x1A4;

    private readonly string _what;
    private readonly Fd? _descriptor;

    private ResultFile(string what, string path, Fd? descriptor = null) => (_what, Path, _descriptor) = (what, path, descriptor);

    /// <summary>Where it is, from the root on.</summary>
    internal string Path { get; }

    /// <summary>Looks whether the file can be written later.</summary>
    /// <param name="what">What it is, for messages.</param>
    /// <param name="path">Where.</param>
    /// <exception cref="EngineException">It cannot.</exception>
    internal static ResultFile Check(string what, string path)
    {
        string full = path.Length == 0 ? "" : System.IO.Path.GetFullPath(path);
        string? directory = path.Length == 0 ? null : System.IO.Path.GetDirectoryName(full);
        if (directory is null || FileAt.TryStat(null, directory + "/.", out FileStatus parent) != Errno.None || parent.Type != FileType.Directory)
        {
            throw EngineException.Invalid($"{what} {path}: its directory does not exist");
        }

        // It is replaced by a rename, which would take away a device node or a pipe.
        if (FileAt.TryStat(null, path, out FileStatus status) == Errno.None && status.Type != FileType.Regular)
        {
            throw EngineException.Invalid($"{what} {path}: it is there and is no regular file");
        }

        return new ResultFile(what, full);
    }

    /// <summary>One that was looked at when its container was made.</summary>
    internal static ResultFile Checked(string what, string path) => new(what, path);

    /// <summary>One that somebody else has opened, and that is written once.</summary>
    internal static ResultFile Opened(string what, Fd descriptor) => new(what, "", descriptor);

    /// <summary>Replaces it.</summary>
    /// <returns>What failed.</returns>
    internal IReadOnlyList<string> Replace(byte[] content) => Replace(file => FileContent.Write(file, content));

    /// <summary>Replaces it.</summary>
    /// <param name="write">Writes all of it.</param>
    /// <returns>What failed.</returns>
    internal IReadOnlyList<string> Replace(Action<Fd> write)
    {
        try
        {
            if (_descriptor is null)
            {
                AtomicFile.WriteVolatile(Path, write, ReadableByAll);
            }
            else
            {
                write(_descriptor);
            }

            return [];
        }
        catch (SyscallException exception)
        {
            return [$"{_what} {Path}: {exception.Message}"];
        }
    }
}
