using System.Collections.Generic;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Cli.Output.Templates;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun inspect</c>.</summary>
internal sealed class InspectCommand : Command
{
    private string _format = "";
    private string _type = "";

    internal override string Name => "inspect";

    internal override string Usage => "[OPTIONS] IMAGE [IMAGE...]";

    internal override string Summary => "Show what is known of images, as JSON";

    internal override int LeastOperands => 1;

    internal override int MostOperands => Unlimited;

    internal override Option[] BuildOptions() =>
    [
        new("format", 'f', "string", "Format output: json, or a Go template", value => _format = value),
        new("type", '\0', "string", "The kind of object: image", SetType),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        ObjectFormat? format = _format.Length == 0 ? null : ObjectFormat.Parse(_format);
        var inspect = new InspectImage(context.RequireLayout());
        var found = new JsonArray();
        var failures = new List<EngineException>();
        foreach (string name in operands)
        {
            try
            {
                found.Add((JsonNode)ImageDocument.Of(inspect.Run(name)));
            }
            catch (EngineException e)
            {
                failures.Add(e);
            }
        }

        Print(found, format, context.Output);
        context.Output.Flush();
        failures.ForEach(static e => ErrorReport.Failure(e.Message, e.Hint));
        return failures.Count == 0 ? 0 : ExitCodes.Failure;
    }

    private static void Print(JsonArray found, ObjectFormat? format, OutputWriter output)
    {
        if (format is null)
        {
            output.WriteLine(TemplateValue.ToJson(found, indented: true));
            return;
        }

        foreach (JsonNode? image in found)
        {
            format.Print(image, output);
        }
    }

    private void SetType(string type) => _type = type switch
    {
        "image" or "" => type,
        "container" or "network" or "volume" or "plugin" or "node" or "service" or "task" or "secret" =>
            throw EngineException.Invalid($"there are no objects of type {type} yet"),
        _ => throw EngineException.Invalid($"\"{type}\" is not a valid value for --type"),
    };
}
