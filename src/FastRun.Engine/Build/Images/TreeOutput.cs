using System.IO;
using FastRun.Engine.Build.Graph;
using FastRun.Engine.Build.Steps;
using FastRun.Engine.Errors;
using FastRun.Engine.Files;
using FastRun.Layers.Archives;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Images;

/// <summary>Gives the files of the target stage out: to a directory, or as a tar.</summary>
internal static class TreeOutput
{
    private const int DirectoryMode = 0b_111_101_101;

    /// <summary>Writes them.</summary>
    /// <param name="session">The build.</param>
    /// <param name="state">The target stage.</param>
    /// <param name="index">Which of the build's outputs it is.</param>
    /// <param name="standardOutput">What <c>-</c> means.</param>
    /// <exception cref="EngineException">They cannot be written.</exception>
    internal static void Write(BuildSession session, BuildState state, int index, Stream standardOutput)
    {
        BuildOutput output = session.Request.Outputs[index];
        session.Observer.Do(output.Kind == BuildOutputKind.Local ? "exporting to client directory" : "exporting to client tarball", vertex =>
        {
            using SourceView view = SourceView.Open(session.Layout, state, "the stage");
            if (output.Kind == BuildOutputKind.Local && session.Request.Client is { } client)
            {
                client.TakeFiles(view.Mount, index);
            }
            else if (output.Kind == BuildOutputKind.Local)
            {
                ToDirectory(view.Mount, output.Destination!);
            }
            else if (output.Destination == "-")
            {
                ToTar(session, view.Mount, standardOutput);
            }
            else
            {
                OutputFile.Write(output.Destination!, file => ToTar(session, view.Mount, file));
            }

            return 0;
        });
    }

    private static void ToDirectory(Fd tree, string path)
    {
        FileAt.MakeDirectories(null, Path.GetFullPath(path), DirectoryMode);
        using Fd directory = FileAt.Open(null, path, OpenFlags.Read | OpenFlags.Directory);
        TreeArchive.Copy(tree, ".", new TreeSelection(), directory, new TreeTarget { KeepOwner = false, KeepPrivileges = false, Description = path });
    }

    private static void ToTar(BuildSession session, Fd tree, Stream output) =>
        TreeArchive.Pack(tree, ".", new InterruptibleStream(output, session.Cancellation), new TreeSelection { Sorted = true });
}
