using System;
using System.Collections.Generic;
using System.IO;
using System.Threading;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;
using FastRun.Layers.Registry;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build;

/// <summary>
/// Who asks for a build, where that is a client of the daemon and not the user of this process: its files, secrets and credentials
/// are its own, and nothing is taken from this process's user in their stead. Its methods are called from several threads; they
/// throw an <see cref="EngineException"/> where the client does not give what is asked for, or is gone.
/// </summary>
public abstract class BuildClient
{
    /// <summary>What a directory of the client's is named with in <see cref="BuildRequest.Context"/> and <see cref="BuildRequest.BuildContexts"/>.</summary>
    public const string DirectoryScheme = "client-directory:";

    /// <summary>What an image in an OCI layout of the client's is named with in <see cref="BuildRequest.BuildContexts"/>: <c>STORE[:TAG]@DIGEST</c> follows.</summary>
    public const string LayoutScheme = "client-layout:";

    /// <summary>Ends the build: the client is gone, or has cancelled it.</summary>
    public abstract CancellationToken Gone { get; }

    /// <summary>The client's credentials for registries.</summary>
    public abstract IRegistryCredentials Credentials { get; }

    /// <summary>Writes what the context <c>-</c> means: a tar, compressed or not, or a Dockerfile.</summary>
    public virtual void WriteInput(Stream output) => throw EngineException.Invalid("the client sends no context");

    /// <summary>Writes a directory as a tar.</summary>
    /// <param name="name">What the client calls it.</param>
    /// <param name="paths">Only these files, where they are there; none for all.</param>
    /// <param name="excluded">Patterns of <c>.dockerignore</c> for what need not be sent. What comes is judged by them again.</param>
    /// <param name="output">Takes the tar.</param>
    public virtual void WriteDirectory(string name, IReadOnlyList<string> paths, IReadOnlyList<string> excluded, Stream output) =>
        throw new EngineException(ErrorKind.NotFound, $"the client has no directory {name}");

    /// <summary>Writes a blob of an OCI layout of the client's.</summary>
    /// <param name="store">What the client calls the layout.</param>
    /// <param name="digest">The blob. Who calls verifies what comes.</param>
    /// <param name="output">Takes it; what it throws ends it.</param>
    public virtual void WriteBlob(string store, Digest digest, Stream output) =>
        throw new EngineException(ErrorKind.NotFound, $"the client has no OCI layout {store}");

    /// <summary>A secret; null where the client has none of that name.</summary>
    public virtual byte[]? TryReadSecret(string id) => null;

    /// <summary>Makes a socket at which the client's agent can be asked as long as the build lasts.</summary>
    /// <param name="id">Which agent.</param>
    /// <param name="path">The socket's path, which is free; short enough for bind(2) only through a directory's descriptor.</param>
    /// <returns>Whether the client has the agent.</returns>
    public virtual bool TryOpenAgent(string id, string path) => false;

    /// <summary>Takes the files of the target stage, where <see cref="BuildOutputKind.Local"/> was asked for.</summary>
    /// <param name="roots">Their roots (O_PATH), and the directories that they become; one platform's has no directory of its own (<c>.</c>).</param>
    /// <param name="modified">When everything was modified; null for each file's own time.</param>
    /// <param name="index">Which output it is, counted from 0.</param>
    public virtual void TakeFiles(IReadOnlyList<(Fd Root, string Name)> roots, FileTime? modified, int index) =>
        throw new EngineException(ErrorKind.Unsupported, "the client takes no directory");

    /// <summary>Whether a context is named as only a front door may: no user can write these names.</summary>
    public static bool IsOfClient(string context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return context.StartsWith(DirectoryScheme, StringComparison.Ordinal) || context.StartsWith(LayoutScheme, StringComparison.Ordinal);
    }

    /// <summary>The name of a client's directory; null where something else is named.</summary>
    internal static string? DirectoryOf(string context) =>
        context.StartsWith(DirectoryScheme, StringComparison.Ordinal) ? context[DirectoryScheme.Length..] : null;
}
