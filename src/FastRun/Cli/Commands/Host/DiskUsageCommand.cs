using System;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine.Host;
using FastRun.Layers.Images;
using FastRun.Layers.References;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun system df</c>.</summary>
internal sealed class DiskUsageCommand : Command
{
    private const string None = "<none>";

    private string _format = "";
    private bool _verbose;

    internal override string Name => "system df";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Show disk usage";

    internal override Option[] BuildOptions() =>
    [
        new("format", '\0', "string", "Format output: table, 'table TEMPLATE', json, or a Go template", value => _format = value),
        Option.Switch("verbose", 'v', "Show each image, container and volume", value => _verbose = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (_verbose && _format.Length > 0)
        {
            throw new UsageException("conflicting options: cannot specify both --verbose and --format");
        }

        DiskUsage usage = new MeasureDiskUsage(context.RequireLayout()).Run();
        if (_verbose)
        {
            PrintEach(usage, context.Output);
            return 0;
        }

        ListFormat.Print(
            _format,
            "{{.Type}}\t{{.TotalCount}}\t{{.Active}}\t{{.Size}}\t{{.Reclaimable}}",
            new JsonObject
            {
                ["Active"] = "ACTIVE",
                ["Reclaimable"] = "RECLAIMABLE",
                ["Size"] = "SIZE",
                ["TotalCount"] = "TOTAL",
                ["Type"] = "TYPE",
            },
            Totals(usage),
            context.Output);
        return 0;
    }

    private static List<JsonObject> Totals(DiskUsage usage)
    {
        long containers = usage.Containers.Sum(container => container.Size);
        long volumes = usage.Volumes.Sum(volume => volume.Size);
        int snapshots = usage.Store.Images.Count(image => image.IsSnapshot);
        List<JsonObject> totals =
        [
            Total(
                "Images",
                usage.Store.Images.Count(image => !image.IsSnapshot),
                usage.Store.Images.Count(image => image is { IsSnapshot: false, Users: > 0 }),
                usage.Store.Size - usage.Store.SnapshotSize,
                usage.Store.Reclaimable),
            Total(
                "Containers",
                usage.Containers.Count,
                usage.Containers.Count(container => container.Running),
                containers,
                usage.Containers.Where(container => !container.Running).Sum(container => container.Size)),
            Total(
                "Local Volumes",
                usage.Volumes.Count,
                usage.Volumes.Count(volume => volume.Users > 0),
                volumes,
                usage.Volumes.Where(volume => volume.Users == 0).Sum(volume => volume.Size)),
            Total(
                "Build Cache",
                usage.BuildCache.Count,
                usage.BuildCache.Count(static entry => entry.IsInUse),
                usage.BuildCache.Where(static entry => !entry.IsShared).Sum(static entry => entry.Bytes),
                usage.BuildCache.Where(static entry => entry is { IsShared: false, IsInUse: false }).Sum(static entry => entry.Bytes)),
        ];
        if (snapshots > 0)
        {
            // Docker has none: scripts that count its lines find them as they are.
            totals.Add(Total(
                "Snapshots",
                snapshots,
                usage.Store.Images.Count(image => image is { IsSnapshot: true, Users: > 0 }),
                usage.Store.SnapshotSize,
                usage.Store.ReclaimableOfSnapshots));
        }

        return totals;
    }

    private static JsonObject Total(string type, int count, int active, long size, long reclaimable) => new()
    {
        ["Active"] = active.ToString(CultureInfo.InvariantCulture),
        ["Reclaimable"] = type == "Build Cache" || size == 0
            ? HumanUnits.Size(reclaimable)
            : string.Create(CultureInfo.InvariantCulture, $"{HumanUnits.Size(reclaimable)} ({reclaimable * 100 / size}%)"),
        ["Size"] = HumanUnits.Size(size),
        ["TotalCount"] = count.ToString(CultureInfo.InvariantCulture),
        ["Type"] = type,
    };

    private static void PrintEach(DiskUsage usage, OutputWriter output)
    {
        DateTimeOffset now = DateTimeOffset.UtcNow;
        output.Write("Images space usage:\n\n");
        List<string[]> images =
            [["REPOSITORY", "TAG", "IMAGE ID", "CREATED", "SIZE", "SHARED SIZE", "UNIQUE SIZE", "CONTAINERS"]];
        foreach (ImageSummary name in usage.Names)
        {
            if (usage.Store.Images.FirstOrDefault(image => image.Id == name.Id) is { } image)
            {
                images.Add(
                [
                    TerminalText.Escape(name.Repository ?? None),
                    TerminalText.Escape(name.Tag ?? None),
                    name.Id.ShortHex,
                    name.Created > DateTimeOffset.UnixEpoch ? HumanUnits.Ago(name.Created, now) : "N/A",
                    HumanUnits.Size(image.Size),
                    HumanUnits.Size(image.SharedSize),
                    HumanUnits.Size(image.UniqueSize),
                    image.Users.ToString(CultureInfo.InvariantCulture),
                ]);
            }
        }

        output.Write(TextTable.Format(images));
        output.Write("\nContainers space usage:\n\n");
        List<string[]> containers = [["CONTAINER ID", "SIZE", "STATUS"]];
        containers.AddRange(usage.Containers.Select(container => new[]
        {
            ShortId.Of(container.Id), HumanUnits.Size(container.Size), container.Running ? "running" : "stopped",
        }));
        output.Write(TextTable.Format(containers));
        output.Write("\nLocal Volumes space usage:\n\n");
        List<string[]> volumes = [["VOLUME NAME", "LINKS", "SIZE"]];
        volumes.AddRange(usage.Volumes.Select(volume => new[]
        {
            TerminalText.Escape(volume.Volume.Name),
            volume.Users.ToString(CultureInfo.InvariantCulture),
            HumanUnits.Size(volume.Size),
        }));
        output.Write(TextTable.Format(volumes));
    }
}
