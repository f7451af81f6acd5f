using System.Collections.Generic;

namespace FastRun.Engine.Build.Dockerfile.Instructions;

/// <summary>ADD: as COPY, without <c>--from</c>, and sources may be archives, URLs and git repositories. <see cref="Checksum"/> is expanded too.</summary>
/// <param name="Source">Where it comes from.</param>
/// <param name="Sources">Paths, URLs and repositories.</param>
/// <param name="Destination">Where to.</param>
internal sealed record AddInstruction(InstructionSource Source, IReadOnlyList<string> Sources, string Destination)
    : CopyInstruction(Source, Sources, Destination)
{
    /// <summary>What the one source must be: <c>sha256:...</c> of a URL's content, or a repository's commit; null where it is not given.</summary>
    internal string? Checksum { get; init; }

    /// <summary>Whether <c>.git</c> of a repository is kept.</summary>
    internal bool KeepGitDirectory { get; init; }

    /// <summary>Whether archives are unpacked; null for Docker's rule: local ones are, remote ones are not.</summary>
    internal bool? Unpack { get; init; }
}
