using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Cli.Options.Container;
using FastRun.Engine.Containers;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun create</c>.</summary>
internal sealed class CreateCommand : Command
{
    private readonly CreateOptions _create = new();
    private readonly CidFile _cidFile = new();
    private readonly AttachOption _attach = new();

    internal override string Name => "create";

    internal override string Usage => "[OPTIONS] IMAGE [COMMAND] [ARG...]";

    internal override string Summary => "Create a new container without starting it";

    internal override bool Interspersed => false;

    internal override int LeastOperands => 1;

    internal override int MostOperands => Unlimited;

    internal override int ExitCode(ErrorKind kind) => ExitCodes.OfRun(kind);

    internal override Option[] BuildOptions() => [.. _create.Build(), _cidFile.Option(), _attach.Build()];

    internal override int Run(CommandContext context, List<string> operands)
    {
        ContainerCreateRequest request = _create.Request(operands);
        _cidFile.RequireFree();
        Container container = new CreateContainer(context.RequireLayout()).Create(AttachOption.Note(request, _attach.StreamsOf(request)), _create.RunOptions(context.Output));
        _cidFile.Write(container.Id);
        context.Output.WriteLine(container.Id);
        return 0;
    }
}
