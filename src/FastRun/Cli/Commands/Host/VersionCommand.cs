using System.Collections.Generic;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Engine;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun version</c>.</summary>
internal sealed class VersionCommand : Command
{
    private string _format = "";

    internal override string Name => "version";

    internal override string Usage => "[OPTIONS]";

    internal override string Summary => "Show the version";

    internal override Option[] BuildOptions() =>
    [
        new("format", 'f', "string", "Format output: json, or a Go template", value => _format = value),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        if (_format.Length > 0)
        {
            ObjectFormat.Print(_format, Document(), context.Output);
        }
        else
        {
            context.Output.Write($"FastRun version {EngineVersion.Text}, {EngineVersion.Platform}\n");
        }

        return 0;
    }

    /// <summary>Docker's two halves, which are one program here.</summary>
    private static JsonObject Document() => new() { ["Client"] = Half(), ["Server"] = Half() };

    private static JsonObject Half() => new()
    {
        ["Version"] = EngineVersion.Text,
        ["Os"] = "linux",
        ["Arch"] = EngineVersion.Architecture,
    };
}
