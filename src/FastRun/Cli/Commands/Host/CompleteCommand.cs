using System;
using System.Collections.Generic;
using FastRun.Cli.Completion;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Filters;
using FastRun.Engine.Images;
using FastRun.Engine.Networks;
using FastRun.Engine.Snapshots;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Layers.Images;
using FastRun.Layers.References;

namespace FastRun.Cli.Commands.Host;

/// <summary>
/// <c>fastrun __complete -- WORD...</c>, which the shells' scripts call: lines of a word, a tabulator and what it is; a last line
/// <c>:files</c> where the shell is to complete file names.
/// </summary>
internal sealed class CompleteCommand : Command
{
    internal const string Called = "__complete";

    internal override string Name => Called;

    internal override string Usage => "-- WORD...";

    internal override string Summary => "Complete a command line";

    internal override bool Interspersed => false;

    internal override int MostOperands => Unlimited;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        var globals = new GlobalOptions();
        var request = new CompletionRequest(operands, GlobalOptions.Build(globals));
        request.Words().ForEach(context.Output.WriteLine);
        if (Environment.IsPrivilegedProcess)
        {
            var layout = new StateLayout(globals.DataRoot, globals.RunRoot);
            AddNames(context.Output, request, CompletionKind.Containers, () => new ContainerStore(layout).All().ConvertAll(static one => one.Name));
            AddNames(context.Output, request, CompletionKind.Images, () => ImagesOf(layout));
            AddNames(context.Output, request, CompletionKind.Volumes, () => VolumesOf(layout));
            AddNames(context.Output, request, CompletionKind.Snapshots, () => SnapshotsOf(layout));
            AddNames(context.Output, request, CompletionKind.Networks, () => NetworksOf(layout));
        }

        if ((request.Kind & CompletionKind.Files) != 0)
        {
            context.Output.WriteLine(":files");
        }

        return 0;
    }

    /// <summary>Where names cannot be read there are none: a shell that completes has no place for errors.</summary>
    private static void AddNames(OutputWriter output, CompletionRequest request, CompletionKind kind, Func<List<string>> names)
    {
        if ((request.Kind & kind) == 0)
        {
            return;
        }

        try
        {
            foreach (string name in names())
            {
                if (name.StartsWith(request.Partial, StringComparison.Ordinal))
                {
                    output.WriteLine(TerminalText.Escape(name));
                }
            }
        }
        catch (EngineException)
        {
        }
    }

    private static List<string> ImagesOf(StateLayout layout)
    {
        var names = new List<string> { ImageLocation.HostName };
        foreach (ImageSummary image in new ListImages(layout).Run(new ImageFilter { Dangling = false }))
        {
            names.Add($"{image.Repository}:{image.Tag}");
        }

        names.AddRange(SnapshotsOf(layout));
        return names;
    }

    private static List<string> SnapshotsOf(StateLayout layout)
    {
        var names = new List<string>();
        foreach (SnapshotDetails snapshot in new ManageSnapshots(layout).List(new FilterTerms()))
        {
            names.Add(snapshot.Name.SnapshotName);
        }

        return names;
    }

    private static List<string> NetworksOf(StateLayout layout)
    {
        var names = new List<string>();
        foreach (Network network in new ManageNetworks(layout).List(new FilterTerms()))
        {
            names.Add(network.Name);
        }

        return names;
    }

    private static List<string> VolumesOf(StateLayout layout)
    {
        var names = new List<string>();
        foreach (VolumeSummary volume in new ManageVolumes(layout).List(VolumeFilter.All))
        {
            names.Add(volume.Name);
        }

        return names;
    }
}
