using System.Collections.Generic;
using FastRun.Cli.Options;
using FastRun.Engine.Errors;

namespace FastRun.Cli.Commands.Images;

/// <summary><c>fastrun search</c>, which there is not: it says why.</summary>
internal sealed class SearchCommand : Command
{
    internal override string Name => "search";

    internal override string Usage => "TERM";

    internal override string Summary => "Not supported: the protocol of registries has no search";

    internal override int LeastOperands => 1;

    internal override int MostOperands => 1;

    internal override Option[] BuildOptions() => [];

    internal override int Run(CommandContext context, List<string> operands) => throw new EngineException(
        ErrorKind.Unsupported,
        $"search {operands[0]}: the protocol of registries has no search, and an interface of Docker Hub's own is not asked",
        hint: "look at https://hub.docker.com, then: fastrun pull NAME");
}
