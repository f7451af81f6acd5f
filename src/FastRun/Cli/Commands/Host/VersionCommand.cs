using System.Collections.Generic;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using FastRun.Cli.Options;
using FastRun.Cli.Output;
using FastRun.Documents;
using FastRun.Engine;

namespace FastRun.Cli.Commands.Host;

/// <summary><c>fastrun version</c>: Docker's two halves (Engine API, SystemVersion), which are one program here.</summary>
internal sealed class VersionCommand : Command
{
    private const string Platform = "FastRun";
    private const int ValueColumn = 20;

    /// <summary>The release of Docker whose command line is spoken under its name.</summary>
    private const string DockerRelease = "28.2.2";

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
        if (_format.Length == 0)
        {
            context.Output.Write(Text());
            return 0;
        }

        ObjectFormat format = ObjectFormat.Parse(_format);
        format.Print(Document(goNames: !format.IsJson), context.Output);
        return 0;
    }

    /// <summary>
    /// One line, as scripts and CI systems take it apart: they look for Docker's number in it, and refuse one that is too old
    /// (Jenkins' Docker Pipeline below 1.7).
    /// </summary>
    internal static string Line()
    {
        string build = EngineVersion.Commit.Length > 0 ? $", build {EngineVersion.Commit}" : "";
        return ProgramName.IsDocker
            ? $"Docker version {DockerRelease} ({Platform} {EngineVersion.Text}){build}\n"
            : $"fastrun version {EngineVersion.Text}{build}\n";
    }

    private static string Text()
    {
        StringBuilder text = new($"Client: {Platform}\n");
        AppendLine(text, " ", "Version", EngineVersion.Text);
        AppendLine(text, " ", "API version", EngineVersion.DockerApi);
        AppendRest(text, " ");
        AppendLine(text, " ", "Context", "default");
        text.Append(CultureInfo.InvariantCulture, $"\nServer: {Platform}\n Engine:\n");
        AppendLine(text, "  ", "Version", EngineVersion.Text);
        AppendLine(text, "  ", "API version", $"{EngineVersion.DockerApi} (minimum version {EngineVersion.OldestDockerApi})");
        AppendRest(text, "  ");
        return text.ToString();
    }

    private static void AppendRest(StringBuilder text, string indent)
    {
        if (EngineVersion.Commit.Length > 0)
        {
            AppendLine(text, indent, "Git commit", EngineVersion.Commit);
        }

        AppendLine(text, indent, "OS/Arch", EngineVersion.Platform);
    }

    private static void AppendLine(StringBuilder text, string indent, string name, string value) =>
        text.Append((indent + name + ":").PadRight(ValueColumn)).Append(value).Append('\n');

    /// <summary>As JSON has it; in templates members have Go's names, which differ in two places.</summary>
    private static JsonObject Document(bool goNames)
    {
        string api = goNames ? "APIVersion" : "ApiVersion";
        var client = new JsonObject
        {
            [nameof(Platform)] = VersionDocument.Platform(),
            ["Version"] = EngineVersion.Text,
            [api] = EngineVersion.DockerApi,
            ["DefaultAPIVersion"] = EngineVersion.DockerApi,
            ["GitCommit"] = EngineVersion.Commit,
            ["GoVersion"] = "",
            ["Os"] = "linux",
            ["Arch"] = EngineVersion.Architecture,
            ["BuildTime"] = "",
            ["Context"] = "default",
        };
        JsonObject server = VersionDocument.Of(goNames);
        return new JsonObject { ["Client"] = client, ["Server"] = server };
    }
}
