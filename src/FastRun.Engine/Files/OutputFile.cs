using System;
using System.IO;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Files;

/// <summary>A file that a command writes for the user: it has its name only once it is whole, and a kill leaves nothing of it.</summary>
internal static class OutputFile
{
    private const int OwnerOnly = 0b_110_000_000;

    /// <summary>Writes it.</summary>
    /// <param name="path">The file, which is replaced where there is one.</param>
    /// <param name="write">Writes its content.</param>
    /// <exception cref="EngineException">It cannot be written.</exception>
    internal static void Write(string path, Action<Stream> write) => EngineErrors.Translated(() =>
    {
        string full = Path.GetFullPath(path);
        string parent = Path.GetDirectoryName(full) ?? "/";
        using Fd? directory = FileAt.TryOpen(
            null, parent, OpenFlags.PathOnly | OpenFlags.Directory, 0, ResolveFlags.None, out Errno errno);
        if (directory is null)
        {
            throw new EngineException(
                ErrorKind.NotFound,
                errno == Errno.ENOENT ? $"invalid output path: directory \"{parent}\" does not exist" : $"{parent}: {errno.Describe()}");
        }

        if (FileAt.TryStat(null, full, out FileStatus there) == Errno.None && there.Type is not (FileType.Regular or FileType.SymbolicLink))
        {
            throw EngineException.Invalid($"invalid output path: \"{path}\" must be a regular file");
        }

        using UnnamedFile file = UnnamedFile.Create(directory, OwnerOnly);
        using (Stream output = FileContent.OpenStream(Fd.Borrow(file.Descriptor.Number), FileAccess.Write))
        {
            write(output);
        }

        file.Place(Path.GetFileName(full));
        return 0;
    });
}
