using FastRun.Cli.Options;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Links;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun rm</c>.</summary>
internal sealed class RemoveCommand : EachOperandCommand
{
    private bool _force;
    private bool _links;
    private bool _volumes;

    internal override string Name => "rm";

    internal override string Usage => "[OPTIONS] CONTAINER [CONTAINER...]";

    internal override string Summary => "Remove one or more containers";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("force", 'f', "Kill a running container first, and do not fail where there is none", value => _force = value),
        Option.Switch("link", 'l', "Remove a link, CONTAINER/ALIAS, and not a container", value => _links = value),
        Option.Switch("volumes", 'v', "Remove its anonymous volumes too", value => _volumes = value),
    ];

    /// <inheritdoc/>
    protected override void Apply(CommandContext context, string name)
    {
        if (_links)
        {
            new RemoveLink(context.RequireLayout()).Remove(name);
        }
        else
        {
            new RemoveContainer(context.RequireLayout()).Remove(new ContainerStore(context.RequireLayout()).FindAny(name), _force, _volumes);
        }

        context.Output.WriteLine(name);
    }

    /// <inheritdoc/>
    protected override bool Tolerates(EngineException failure) => _force && failure.Kind == ErrorKind.NotFound;
}
