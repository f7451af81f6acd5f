using System.Threading;

namespace FastRun.Engine.Build.Context;

/// <summary>A build's context and Dockerfile as the command line names them.</summary>
internal sealed record ContextRequest
{
    /// <summary>A directory, <c>-</c>, a tar, a git repository or a URL.</summary>
    internal required string Context { get; init; }

    /// <summary>What <c>-f</c> says; null for the context's <c>Dockerfile</c>, <c>-</c> for standard input.</summary>
    internal string? Dockerfile { get; init; }

    /// <summary>What a client calls the directory that the Dockerfile lies in; null for the context.</summary>
    internal string? DockerfileDirectory { get; init; }

    /// <summary>Whether no file of the context is needed beside the Dockerfile and what is ignored; a client then sends no others.</summary>
    internal bool OnlyDockerfile { get; init; }

    /// <summary>Who sends what is here named <c>-</c> or a directory; null for this process's user.</summary>
    internal BuildClient? Client { get; init; }

    /// <summary>With whose keys repositories are fetched.</summary>
    internal GitAccess GitAccess { get; init; } = GitAccess.OfUser;

    /// <summary>An empty directory that only this user can reach, on the store's file system: what is unpacked or fetched goes there. The caller removes it.</summary>
    internal required string WorkDirectory { get; init; }

    /// <summary>Whether <c>.git</c> of a repository is part of the context (build argument <c>BUILDKIT_CONTEXT_KEEP_GIT_DIR</c>).</summary>
    internal bool KeepGitDirectory { get; init; }

    /// <summary>Ends downloads.</summary>
    internal CancellationToken Cancellation { get; init; }
}
