using System.IO;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Layers;
using FastRun.Layers.Archives;

namespace FastRun.Engine.Files;

/// <summary>Writes a container's root file system as a tar, without what is mounted on it (<c>docker export</c>).</summary>
public sealed class ExportContainer(StateLayout layout)
{
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
    public void Run(Container container, string path) => OutputFile.Write(path, output => Run(container, output));
}
