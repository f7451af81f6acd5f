using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Containers;
using FastRun.Engine.Images;
using FastRun.Layers;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun commit</c>.</summary>
internal sealed class CommitCommand : Command
{
    private readonly List<string> _changes = [];
    private CommitRequest _request = new();

    internal override string Name => "commit";

    internal override string Usage => "[OPTIONS] CONTAINER [REPOSITORY[:TAG]]";

    internal override string Summary => "Create a new image from a container's changes";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 2;

    internal override Option[] BuildOptions() =>
    [
        new("author", 'a', "string", "Author (e.g., \"John Hannibal Smith <hannibal@a-team.com>\")", value => _request = _request with { Author = value }),
        new("change", 'c', "list", "Apply Dockerfile instruction to the created image", _changes.Add),
        new("message", 'm', "string", "Commit message", value => _request = _request with { Message = value }),
        Option.Switch("pause", 'p', "Pause a running container while its files are copied (default true)", value => _request = _request with { Pause = value }),
    ];

    internal override int Run(CommandContext context, List<string> operands)
    {
        StateLayout layout = context.RequireLayout();
        Container container = new ContainerStore(layout).Find(operands[0]);
        CommitRequest request = _request with { Changes = _changes, Name = operands.Count > 1 ? operands[1] : null };
        context.Output.WriteLine(new CommitContainer(layout).Run(container, request).ToString());
        return 0;
    }
}
