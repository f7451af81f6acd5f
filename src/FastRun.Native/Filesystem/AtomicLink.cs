using System;
using System.IO;

namespace FastRun.Native.Filesystem;

/// <summary>Replaces a symbolic link so that every reader sees the old target or the new one.</summary>
public static class AtomicLink
{
    /// <summary>Points a link to a target and waits until that is on disk.</summary>
    /// <param name="path">The link; its directory must exist.</param>
    /// <param name="target">Where it points.</param>
    public static void Write(string path, string target) => Write(path, target, durable: true);

    /// <summary>Points a link to a target at once, without waiting for the disk.</summary>
    public static void WriteVolatile(string path, string target) => Write(path, target, durable: false);

    private static void Write(string path, string target, bool durable)
    {
        using Fd directory = FileAt.Open(
            null, Path.GetDirectoryName(Path.GetFullPath(path))!, OpenFlags.Read | OpenFlags.Directory);
        string temporary = AtomicFile.TemporaryPrefix + Guid.NewGuid().ToString("N");
        FileAt.MakeSymbolicLink(target, directory, temporary);
        try
        {
            FileAt.Rename(directory, temporary, directory, Path.GetFileName(path));
        }
        catch (SyscallException)
        {
            FileAt.TryUnlink(directory, temporary);
            throw;
        }

        if (durable)
        {
            FileContent.Sync(directory);
        }
    }
}
