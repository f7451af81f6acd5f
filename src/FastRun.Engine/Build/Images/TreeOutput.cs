using System.Collections.Generic;
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

    /// <summary>Writes them; of several platforms each to a directory of its own, such as <c>linux_arm64</c>.</summary>
    /// <param name="session">The build.</param>
    /// <param name="targets">The target stage for each platform.</param>
    /// <param name="index">Which of the build's outputs it is.</param>
    /// <param name="standardOutput">What <c>-</c> means.</param>
    /// <exception cref="EngineException">They cannot be written.</exception>
    internal static void Write(BuildSession session, IReadOnlyList<BuildState> targets, int index, Stream standardOutput)
    {
        BuildOutput output = session.Request.Outputs[index];
        session.Observer.Do(output.Kind == BuildOutputKind.Local ? "exporting to client directory" : "exporting to client tarball", vertex =>
        {
            List<(SourceView View, string Name)> views = [];
            try
            {
                foreach (BuildState state in targets)
                {
                    views.Add((SourceView.Open(session.Layout, state, "the stage"), targets.Count > 1 ? state.Platform.ToString().Replace('/', '_') : "."));
                }

                Write(session, views, index, standardOutput);
            }
            finally
            {
                views.ForEach(static view => view.View.Dispose());
            }

            return 0;
        });
    }

    private static void Write(BuildSession session, List<(SourceView View, string Name)> views, int index, Stream standardOutput)
    {
        BuildOutput output = session.Request.Outputs[index];

        // As BuildKit: all of it has the time that the build is told.
        FileTime? time = session.Epoch is { } epoch ? new FileTime(epoch.ToUnixTimeSeconds(), 0) : null;
        if (output.Kind == BuildOutputKind.Local && session.Request.Client is { } client)
        {
            client.TakeFiles(Mounts(views), time, index);
        }
        else if (output.Kind == BuildOutputKind.Local)
        {
            foreach ((SourceView view, string name) in views)
            {
                ToDirectory(view.Mount, Path.Combine(output.Destination!, name), time);
            }
        }
        else if (output.Destination == "-")
        {
            ToTar(session, views, time, standardOutput);
        }
        else
        {
            OutputFile.Write(output.Destination!, file => ToTar(session, views, time, file));
        }
    }

    private static List<(Fd Mount, string Name)> Mounts(List<(SourceView View, string Name)> views) =>
        views.ConvertAll(static view => (view.View.Mount, view.Name));

    private static void ToDirectory(Fd tree, string path, FileTime? time)
    {
        FileAt.MakeDirectories(null, Path.GetFullPath(path), DirectoryMode);
        using Fd directory = FileAt.Open(null, path, OpenFlags.Read | OpenFlags.Directory);
        TreeArchive.Copy(tree, ".", new TreeSelection { Modified = time }, directory, new TreeTarget { KeepOwner = false, KeepPrivileges = false, Description = path });
    }

    private static void ToTar(BuildSession session, List<(SourceView View, string Name)> views, FileTime? time, Stream output) => TreeArchive.Pack(
        Mounts(views),
        new InterruptibleStream(output, session.Cancellation),
        new TreeSelection { Sorted = true, Modified = time });
}
