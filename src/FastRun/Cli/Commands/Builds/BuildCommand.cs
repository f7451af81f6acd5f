using System.Collections.Generic;
using System.Linq;
using FastRun.Cli.Options;
using FastRun.Cli.Options.Build;
using FastRun.Cli.Output;
using FastRun.Cli.Output.Builds;
using FastRun.Engine.Build;
using FastRun.Engine.Build.Calls;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.Cli.Commands.Builds;

/// <summary><c>fastrun build</c>.</summary>
internal sealed class BuildCommand : Command
{
    private readonly BuildOptions _options = new();

    internal override string Name => "build";

    internal override string Usage => "[OPTIONS] PATH | URL | -";

    internal override string Summary => "Build an image from a Dockerfile";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() => _options.Build();

    internal override int Run(CommandContext context, List<string> operands)
    {
        BuildImage build = new(context.RequireLayout());
        BuildView view = _options.Open(OutputWriter.StandardError, context.Debug);
        try
        {
            using OutputStream output = new();
            Digest? id = build.Run(_options.Request(operands[0]), view, output);
            if (build.Answer is { } answer)
            {
                view.End();
                return Print(answer, context.Output);
            }

            if (_options.IsQuiet && id is { } image)
            {
                context.Output.WriteLine(image.ToString());
            }

            return 0;
        }
        finally
        {
            view.End();
        }
    }

    private int Print(CallAnswer answer, OutputWriter output)
    {
        BuildCallSyntax call = _options.Call;
        if (call.IsJson)
        {
            output.WriteLine(answer.Json);
        }
        else
        {
            // What it shows of the Dockerfile may hold anything.
            output.Write(answer.Head + string.Join('\n', answer.Text.Split('\n').Select(TerminalText.Escape)));
            output.Write(answer is { Fault: not null, Text.Length: > 0 } ? "\n" : "");
        }

        output.Flush();
        return answer.Fault is { } fault ? throw new EngineException(ErrorKind.InvalidArgument, fault) : call.IgnoresStatus ? 0 : answer.Status;
    }
}
