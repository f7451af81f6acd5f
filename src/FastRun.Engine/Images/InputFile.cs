using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Images;

/// <summary>What a command reads for the user: a file, or standard input.</summary>
internal static class InputFile
{
    /// <summary>What messages call standard input.</summary>
    internal const string StandardInput = "standard input";

    /// <summary>Opens it.</summary>
    /// <param name="path">The file; null for standard input.</param>
    /// <exception cref="EngineException">It cannot be opened.</exception>
    internal static Fd Open(string? path)
    {
        if (path is null)
        {
            return Fd.Borrow(0);
        }

        const OpenFlags flags = OpenFlags.Read | OpenFlags.NoControllingTerminal;
        return FileAt.TryOpen(null, path, flags, 0, ResolveFlags.None, out Errno errno) ?? throw (errno switch
        {
            Errno.ENOENT or Errno.ENOTDIR => new EngineException(ErrorKind.NotFound, $"open {path}: no such file or directory"),
            _ => new SyscallException("openat2", errno, path),
        });
    }
}
