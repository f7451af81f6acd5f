using System.IO;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Layers.Archives;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Files;

/// <summary>Writes a container's root file system as a tar, without what is mounted on it (<c>docker export</c>).</summary>
public sealed class ExportContainer(StateLayout layout)
{
    private const int OwnerOnly = 0b_110_000_000;

    /// <summary>Writes the tar.</summary>
    /// <param name="container">The container, running or not.</param>
    /// <param name="output">Where it goes.</param>
    /// <exception cref="EngineException">It cannot be read.</exception>
    public void Run(Container container, Stream output) => EngineErrors.Translated(() =>
    {
        using ContainerView view = ContainerView.OpenRoot(layout, container);
        TreeArchive.Pack(view.Root, ".", output, new TreeSelection());
        ContainerEvents.Note(layout, container.Record, "export");
        return 0;
    });

    /// <summary>Writes the tar to a file, which has its name only once it is whole.</summary>
    /// <param name="container">The container, running or not.</param>
    /// <param name="path">The file, which is replaced where there is one.</param>
    /// <exception cref="EngineException">It cannot be read, or the file cannot be written.</exception>
    public void Run(Container container, string path) => EngineErrors.Translated(() =>
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
            Run(container, output);
        }

        file.Place(Path.GetFileName(full));
        return 0;
    });
}
