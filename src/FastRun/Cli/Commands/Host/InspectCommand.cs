using System;
using System.Collections.Generic;
using System.Text.Json.Nodes;
using FastRun.Cli.Commands.Snapshots;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Cli.Output.Templates;
using FastRun.Documents;
using FastRun.Engine.Containers.Inspection;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Engine.Networks;
using FastRun.Engine.Snapshots;
using FastRun.Engine.Volumes;
using FastRun.Layers.Oci;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun inspect</c>, and <c>container inspect</c> and its kin, which know one kind of object only.</summary>
/// <param name="name">The command's name.</param>
/// <param name="type">The kind of object; empty for whichever has the name.</param>
internal sealed class InspectCommand(string name = "inspect", string type = "") : Command
{
    private const string Container = "container";
    private const string Image = "image";
    private const string Volume = "volume";
    private const string Network = "network";
    private const string Snapshot = "snapshot";

    private string _format = "";
    private string? _wanted;
    private bool _size;
    private Platform? _platform;

    private string Kind => _wanted ?? type;

    internal override string Name => name;

    internal override string Usage => type.Length == 0
        ? "[OPTIONS] NAME|ID [NAME|ID...]"
        : $"[OPTIONS] {type.ToUpperInvariant()} [{type.ToUpperInvariant()}...]";

    internal override string Summary => type.Length == 0
        ? "Return low-level information on containers, images, snapshots, volumes and networks, as JSON"
        : $"Display detailed information on one or more {type}s";

    internal override int LeastOperands => 1;

    internal override int MostOperands => Unlimited;

    internal override Option[] BuildOptions()
    {
        var options = new List<Option>
        {
            new("format", 'f', "string", "Format output: json, or a Go template", value => _format = value),
        };
        if (type is "" or Container)
        {
            options.Add(Option.Switch("size", 's', "Count the files of containers", value => _size = value));
        }

        if (type.Length == 0)
        {
            options.Add(new Option("type", '\0', "string", "Only inspect objects of this kind: container, image, network, snapshot or volume", SetType));
        }

        if (type == Image)
        {
            options.Add(new Option("platform", '\0', "string", "The platform wanted of an image that has several, for example linux/arm64", value => _platform = PlatformSyntax.Parse(value)));
        }

        if (type == Network)
        {
            // Docker's shows the services of a swarm then, of which there are none.
            options.Add(Option.Switch("verbose", 'v', "Verbose output for diagnostics: there is nothing more to tell", static _ => { }));
        }

        return [.. options];
    }

    internal override int Run(CommandContext context, List<string> operands)
    {
        ObjectFormat? format = _format.Length == 0 ? null : ObjectFormat.Parse(_format);
        var containers = new InspectContainer(context.RequireLayout());
        var images = new InspectImage(context.RequireLayout());
        var volumes = new ManageVolumes(context.RequireLayout());
        var networks = new ManageNetworks(context.RequireLayout());
        var snapshots = new ManageSnapshots(context.RequireLayout());
        var found = new JsonArray();
        var failures = new List<EngineException>();
        foreach (string operand in operands)
        {
            try
            {
                found.Add(Find(containers, images, volumes, networks, snapshots, operand));
            }
            catch (EngineException e)
            {
                failures.Add(e);
            }
        }

        Print(found, format, context.Output);
        context.Output.Flush();
        failures.ForEach(ReportFailure);
        return failures.Count == 0 ? 0 : ExitCodes.Failure;
    }

    private JsonNode Find(
        InspectContainer containers, InspectImage images, ManageVolumes volumes, ManageNetworks networks, ManageSnapshots snapshots, string operand) =>
        TryFind(Container, () => JsonNode.Parse(InspectContainer.ToJson(containers.Run(operand, _size))))
        ?? TryFind(Network, () => NetworkDocument.Of(networks.Inspect(operand)))
        ?? TryFind(Snapshot, () => SnapshotDocument.Of(snapshots.Inspect(operand)))
        ?? TryFind(Image, () => ImageDocument.Of(images.Run(operand, _platform)))
        ?? TryFind(Volume, () => VolumeDocument.Of(volumes.Inspect(operand)))
        ?? throw new EngineException(ErrorKind.NotFound, $"No such object: {operand}");

    /// <summary>An object of a kind; null where it is not to be of that kind, or may be of another.</summary>
    private JsonNode? TryFind(string kind, Func<JsonNode?> find)
    {
        if (Kind.Length > 0 && Kind != kind)
        {
            return null;
        }

        try
        {
            return find();
        }
        catch (EngineException e) when (Kind.Length == 0 && e.Kind is ErrorKind.NotFound or ErrorKind.InvalidArgument)
        {
            return null;
        }
    }

    private void ReportFailure(EngineException failure)
    {
        if (ProgramName.IsDocker && Kind.Length == 0 && failure.Kind == ErrorKind.NotFound)
        {
            ErrorReport.Write($"Error: {TerminalText.Escape(failure.Message)}\n");
            return;
        }

        ErrorReport.Failure(failure.Message, failure.Hint);
    }

    private static void Print(JsonArray found, ObjectFormat? format, OutputWriter output)
    {
        if (format is null)
        {
            output.WriteLine(TemplateValue.ToJson(found, indented: true));
            return;
        }

        foreach (JsonNode? item in found)
        {
            format.Print(item, output);
        }

        if (found.Count == 0)
        {
            output.WriteLine("");
        }
    }

    private void SetType(string value) => _wanted = value switch
    {
        Container or Image or Volume or Network or Snapshot or "" => value,
        "plugin" or "node" or "service" or "task" or "secret" or "config" =>
            throw EngineException.Invalid($"there are no objects of type {value} yet"),
        _ => throw EngineException.Invalid($"\"{value}\" is not a valid value for --type"),
    };
}
