using System.Collections.Generic;
using System.Globalization;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine.Host;
using FastRun.Layers.Images;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun gc</c>.</summary>
internal sealed class GarbageCommand : Command
{
    internal override string Name => "gc";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Reclaim what killed commands left behind and what nothing uses any more";

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands)
    {
        CollectedGarbage collected = new CollectGarbage(context.RequireLayout()).Run(
            static () => ErrorReport.Write("fastrun: gc: waiting for images that are being brought\n"));
        GarbageReport report = collected.Images;
        foreach (string image in report.DroppedImages)
        {
            context.Output.WriteLine("dropped: " + TerminalText.Escape(image));
        }

        foreach (string image in collected.Eviction?.Evicted ?? [])
        {
            context.Output.WriteLine("evicted: " + TerminalText.Escape(image));
        }

        if (collected.Eviction is { } eviction && eviction.Size > context.Layout.ImageLimit)
        {
            context.Output.WriteLine($"kept: images in use occupy {HumanUnits.Size(eviction.Size)}, more than the storage limit");
        }

        if (report.IsPartial)
        {
            context.Output.WriteLine("left: layers and documents, since images are still being brought: run gc again");
        }

        context.Output.WriteLine(string.Create(
            CultureInfo.InvariantCulture, $"sandboxes: {collected.Sandboxes}, layers and abandoned directories: {report.Layers}, documents: {report.Documents}"));
        return 0;
    }
}
