using System.Collections.Generic;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Cli.Output.Templates;
using FastRun.Engine.Errors;
using FastRun.Engine.Volumes;

namespace FastRun.Cli.Commands.Volumes;

/// <summary><c>fastrun volume inspect</c>.</summary>
internal sealed class InspectCommand : Command
{
    private string _format = "";

    internal override string Name => "volume inspect";

    internal override string Usage => "[OPTIONS] VOLUME [VOLUME...]";

    internal override string Summary => "Display detailed information on one or more volumes";

    internal override int LeastOperands => 1;

    internal override int MostOperands => Unlimited;

    internal override Option[] BuildOptions() =>
    [
        new("format", 'f', "string", "Format output: json, or a Go template", value => _format = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        ObjectFormat? format = _format.Length == 0 ? null : ObjectFormat.Parse(_format);
        var manage = new ManageVolumes(context.RequireLayout());
        var found = new JsonArray();
        var failures = new List<EngineException>();
        foreach (string name in operands)
        {
            try
            {
                found.Add((JsonNode)VolumeDocument.Of(manage.Inspect(name)));
            }
            catch (EngineException e)
            {
                failures.Add(e);
            }
        }

        if (format is null)
        {
            context.Output.WriteLine(TemplateValue.ToJson(found, indented: true));
        }
        else
        {
            foreach (JsonNode? volume in found)
            {
                format.Print(volume, context.Output);
            }
        }

        context.Output.Flush();
        failures.ForEach(static e => ErrorReport.Failure(e.Message, e.Hint));
        return failures.Count == 0 ? 0 : ExitCodes.Failure;
    }
}
