using System;
using FastRun.Engine.Build.Files;
using FastRun.Native;

namespace FastRun.Engine.Build.Context;

/// <summary>An open context.</summary>
internal sealed class BuildContext : IDisposable
{
    private readonly Fd _root;

    internal BuildContext(Fd root, FileOrigin origin) => (_root, Origin) = (root, origin);

    /// <summary>Its files, without those that <c>.dockerignore</c> leaves out.</summary>
    internal FileOrigin Origin { get; }

    /// <summary>The Dockerfile; empty for a context that has none of its own (<c>--build-context</c>).</summary>
    internal ReadOnlyMemory<byte> Dockerfile { get; init; }

    /// <summary>What messages call the Dockerfile.</summary>
    internal string DockerfileName { get; init; } = "Dockerfile";

    /// <summary>The commit of a git context; null for others.</summary>
    internal string? Commit { get; init; }

    /// <summary>The same with a Dockerfile; this one is not used any more.</summary>
    internal BuildContext With(ReadOnlyMemory<byte> dockerfile, string name) =>
        new(_root, Origin) { Dockerfile = dockerfile, DockerfileName = name, Commit = Commit };

    public void Dispose() => _root.Dispose();
}
