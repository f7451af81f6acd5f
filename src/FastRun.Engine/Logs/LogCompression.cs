using System;
using System.IO;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>How a driver keeps files that were rotated.</summary>
internal abstract class LogCompression
{
    /// <summary>Of <c>json-file</c>: gzip (RFC 1952), as Docker's own, for its tools to read.</summary>
    internal static readonly LogCompression Gzip = new GzipLog();

    /// <summary>Of <c>local</c>: Zstandard frames (RFC 8878).</summary>
    internal static readonly LogCompression Zstandard = new ZstandardLog();

    /// <summary>How much is read at once.</summary>
    protected const int BlockSize = 64 * 1024;

    private const int OwnerOnly = 0b_110_000_000;

    /// <summary>What the name of a compressed file ends with.</summary>
    internal abstract string Suffix { get; }

    /// <summary>What a driver's files are compressed with, if they are.</summary>
    internal static LogCompression Of(string driver) => driver == LogOptions.Local ? Zstandard : Gzip;

    /// <summary>Compresses a file and removes the original; where that fails, the original stays.</summary>
    internal void TryCompress(string path)
    {
        string fresh = path + ".new";
        try
        {
            using (Fd source = FileAt.Open(null, path, OpenFlags.Read | OpenFlags.NoFollow))
            using (Fd target = FileAt.Open(null, fresh, OpenFlags.Write | OpenFlags.Create | OpenFlags.Truncate | OpenFlags.NoFollow, OwnerOnly))
            {
                Compress(source, target);
            }

            FileAt.Rename(null, fresh, null, path + Suffix);
            FileAt.Unlink(null, path);
        }
        catch (Exception exception) when (exception is SyscallException or InsufficientMemoryException or IOException)
        {
            FileAt.TryUnlink(null, fresh);
        }
    }

    /// <summary>Decompresses a file into one without a name, which is read like any other. What is damaged ends it.</summary>
    /// <exception cref="SyscallException">It cannot be read, or there is no room.</exception>
    internal Fd Decompress(Fd source, string directory)
    {
        Fd target = FileAt.Open(null, directory, OpenFlags.ReadWrite | OpenFlags.Unnamed | OpenFlags.Directory, OwnerOnly);
        try
        {
            Decompress(source, target);
        }
        catch (Exception exception) when (exception is InvalidDataException or IOException)
        {
            // What came before the damage is there.
        }
        catch
        {
            target.Dispose();
            throw;
        }

        FileContent.Seek(target, 0);
        return target;
    }

    /// <summary>Compresses all of a file.</summary>
    /// <exception cref="SyscallException">It cannot be read, or there is no room.</exception>
    protected abstract void Compress(Fd source, Fd target);

    /// <summary>Decompresses all of a file.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    /// <exception cref="EndOfStreamException">It is cut short.</exception>
    protected abstract void Decompress(Fd source, Fd target);
}
