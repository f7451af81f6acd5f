using System.IO;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images.Sources;

/// <summary>
/// The files of a directory. Symbolic links are followed, as build tools make layouts of them: nothing is believed but what
/// has the right digest. What is not a regular file is refused.
/// </summary>
internal sealed class DirectoryFiles : SourceFiles
{
    private readonly Fd _directory;

    internal DirectoryFiles(string path, string subject)
    {
        Subject = subject;
        Fd? directory = FileAt.TryOpen(
            null, path, OpenFlags.PathOnly | OpenFlags.Directory, 0, ResolveFlags.None, out Errno errno);
        _directory = directory ?? throw (errno switch
        {
            Errno.ENOENT => new ImageNotFoundException(subject, "no such directory"),
            Errno.ENOTDIR => new ImageNotFoundException(subject, "not a directory"),
            _ => new SyscallException("openat2", errno, path),
        });
    }

    /// <inheritdoc/>
    internal override string Subject { get; }

    /// <inheritdoc/>
    internal override Stream? TryOpen(string name)
    {
        const OpenFlags flags = OpenFlags.Read | OpenFlags.NonBlocking | OpenFlags.NoControllingTerminal;
        Fd? file = FileAt.TryOpen(_directory, name, flags, 0, ResolveFlags.NoMagicLinks, out Errno errno);
        if (file is null)
        {
            return errno is Errno.ENOENT or Errno.ENOTDIR
                ? null
                : throw new SyscallException("openat2", errno, $"{Subject}/{name}");
        }

        if (FileAt.Stat(file).Type == FileType.Regular)
        {
            return FileContent.OpenStream(file, FileAccess.Read);
        }

        file.Dispose();
        throw new CorruptContentException(Subject, $"{ReferenceGrammar.Quote(name)} is not a regular file");
    }

    /// <inheritdoc/>
    public override void Dispose() => _directory.Dispose();
}
