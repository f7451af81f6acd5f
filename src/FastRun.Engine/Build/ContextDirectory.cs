using System;
using System.IO;
using FastRun.Engine.Build.Files;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build;

/// <summary>The context of a build: a directory that is read in place, and what of it does not exist for the build.</summary>
internal sealed class ContextDirectory : IDisposable
{
    private const int DirectoryMode = 0b_111_000_000;
    private const string IgnoreName = ".dockerignore";

    private readonly StateLayout _layout;
    private ContentHashes? _hashes;

    private ContextDirectory(StateLayout layout, FileOrigin origin) => (_layout, Origin) = (layout, origin);

    /// <summary>Where files come from.</summary>
    internal FileOrigin Origin { get; }

    /// <summary>The digests of files that are known; read when they are first asked for.</summary>
    internal ContentHashes Hashes
    {
        get
        {
            lock (Origin)
            {
                if (_hashes is null)
                {
                    FileAt.MakeDirectories(null, _layout.BuildCache, DirectoryMode);
                    _hashes = ContentHashes.Open(_layout.BuildContentHashes);
                }

                return _hashes;
            }
        }
    }

    /// <summary>Opens it.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="request">What is asked for.</param>
    /// <exception cref="EngineException">It is no directory, or its <c>.dockerignore</c> is wrong.</exception>
    internal static ContextDirectory Open(StateLayout layout, BuildRequest request)
    {
        Fd? root = FileAt.TryOpen(
            null, request.Context, OpenFlags.PathOnly | OpenFlags.Directory, 0, ResolveFlags.None, out Errno errno);
        if (root is null)
        {
            throw new EngineException(
                errno == Errno.ENOENT ? ErrorKind.NotFound : ErrorKind.InvalidArgument,
                errno == Errno.ENOENT ? $"unable to prepare context: path \"{request.Context}\" not found" : $"unable to prepare context: {request.Context}: {errno.Describe()}");
        }

        try
        {
            return new ContextDirectory(layout, new FileOrigin(root, IgnoreOf(root, request), KeepsOwners: false));
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>Remembers digests, and lets the directory go.</summary>
    public void Dispose()
    {
        _hashes?.Save();
        Origin.Root.Dispose();
    }

    /// <summary>A file of the Dockerfile's own name goes before the context's.</summary>
    private static IgnorePatterns IgnoreOf(Fd root, BuildRequest request)
    {
        string own = (request.Dockerfile ?? Path.Combine(request.Context, "Dockerfile")) + IgnoreName;
        return Read(null, own, Path.GetFileName(own)) ?? Read(root, IgnoreName, IgnoreName) ?? IgnorePatterns.None;
    }

    private static IgnorePatterns? Read(Fd? directory, string path, string name)
    {
        using Fd? file = FileAt.TryOpen(directory, path, OpenFlags.Read | OpenFlags.NonBlocking, 0, ResolveFlags.NoMagicLinks, out _);
        if (file is null || FileAt.Stat(file).Type != FileType.Regular)
        {
            return null;
        }

        byte[] content = FileContent.ReadAll(file, IgnorePatterns.LargestFile + 1);
        return content.Length <= IgnorePatterns.LargestFile
            ? IgnorePatterns.ParseFile(content, name)
            : throw EngineException.Invalid($"{name}: it is larger than the limit of {IgnorePatterns.LargestFile} bytes");
    }
}
