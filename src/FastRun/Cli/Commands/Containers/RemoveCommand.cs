using FastRun.Cli.Options;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>fastrun rm</c>.</summary>
internal sealed class RemoveCommand : ContainersCommand
{
    private bool _force;
    private bool _volumes;

    internal override string Name => "rm";

    internal override string Summary => "Remove one or more containers";

    internal override Option[] BuildOptions() =>
    [
        Option.Switch("force", 'f', "Kill a running container first, and do not fail where there is none", value => _force = value),
        Option.Switch("volumes", 'v', "Remove its anonymous volumes too", value => _volumes = value),
    ];

    /// <inheritdoc/>
    protected override Container Find(ContainerStore store, string name) => store.FindAny(name);

    /// <inheritdoc/>
    protected override string Apply(CommandContext context, Container container, string name)
    {
        new RemoveContainer(context.RequireLayout()).Remove(container, _force, _volumes);
        return name;
    }

    /// <inheritdoc/>
    protected override bool Tolerates(EngineException failure) => _force && failure.Kind == ErrorKind.NotFound;
}
