using System;
using System.IO;
using FastRun.Native;
using FastRun.Native.Compression;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Logs;

/// <summary>Rotated files of the log driver <c>local</c> as Zstandard frames, a tenth of their size.</summary>
internal static class LogCompression
{
    /// <summary>What the name of a compressed file ends with.</summary>
    internal const string Suffix = ".zst";

    private const int OwnerOnly = 0b_110_000_000;
    private const int Level = 1;
    private const int BlockSize = 64 * 1024;

    /// <summary>Compresses a file and removes the original; where that fails, the original stays.</summary>
    internal static void TryCompress(string path)
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
        catch (Exception exception) when (exception is SyscallException or InsufficientMemoryException)
        {
            FileAt.TryUnlink(null, fresh);
        }
    }

    /// <summary>Decompresses a file into one without a name, which is read like any other. What is damaged ends it.</summary>
    /// <exception cref="SyscallException">It cannot be read, or there is no room.</exception>
    internal static Fd Decompress(Fd source, string directory)
    {
        Fd target = FileAt.Open(null, directory, OpenFlags.ReadWrite | OpenFlags.Unnamed | OpenFlags.Directory, OwnerOnly);
        using ZstdDecoder decoder = new();
        byte[] input = new byte[BlockSize];
        byte[] output = new byte[BlockSize];
        int read;
        while ((read = FileContent.Read(source, input)) > 0)
        {
            int at = 0;
            int written;
            do
            {
                try
                {
                    decoder.Decompress(input.AsSpan(at, read - at), output, out int consumed, out written);
                    at += consumed;
                }
                catch (InvalidDataException)
                {
                    FileContent.Seek(target, 0);
                    return target;
                }

                FileContent.Write(target, output.AsSpan(0, written));
            }
            while (at < read || written == output.Length);
        }

        FileContent.Seek(target, 0);
        return target;
    }

    private static void Compress(Fd source, Fd target)
    {
        using ZstdEncoder encoder = new(Level);
        byte[] input = new byte[BlockSize];
        byte[] output = new byte[BlockSize];
        int read;
        bool complete;
        do
        {
            read = FileContent.Read(source, input);
            int at = 0;
            do
            {
                complete = encoder.Compress(input.AsSpan(at, read - at), output, end: read == 0, out int consumed, out int written);
                at += consumed;
                FileContent.Write(target, output.AsSpan(0, written));
            }
            while (at < read || (read == 0 && !complete));
        }
        while (read > 0);
    }
}
