using System;
using System.Collections.Generic;
using System.IO;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Build.Files;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Errors;
using FastRun.Engine.Images;
using FastRun.Engine.Launch.Roots;
using FastRun.Layers.Images;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Context;

/// <summary>Opens contexts. What is fetched or unpacked lies in the request's directory; a directory is used where it is.</summary>
/// <param name="store">Downloads.</param>
/// <param name="request">What is to be built.</param>
internal sealed class OpenContext(ImageStore store, ContextRequest request)
{
    private const string DefaultName = "Dockerfile";
    private const string IgnoreName = ".dockerignore";

    /// <summary>Opens the build's context and reads its Dockerfile.</summary>
    /// <exception cref="EngineException">It is not there, or cannot be used.</exception>
    /// <exception cref="SyscallException">Something cannot be read or made.</exception>
    internal BuildContext Open()
    {
        if (request is { Context: "-", Dockerfile: "-" })
        {
            throw EngineException.Invalid("invalid argument: can't use stdin for both build context and dockerfile");
        }

        if (request.Client is { } client && BuildClient.DirectoryOf(request.Context) is { } name)
        {
            return WithDockerfile(client, name);
        }

        if (!TryFetch(request.Context, "context", out Fd? root, out ReadOnlyMemory<byte> text, out string? commit))
        {
            root = OpenDirectory(request.Client is null ? request.Context : throw NotOfClient(request.Context));
            return WithDockerfile(root, isLocal: true, commit: null);
        }

        return root is null ? Lone(text) : WithDockerfile(root, isLocal: false, commit);
    }

    /// <summary>Opens what <c>--build-context NAME=VALUE</c> names, where that is no image: a directory, a tar, a repository or a URL.</summary>
    /// <param name="name">The name, by which its directory is told from others'.</param>
    /// <param name="value">The value.</param>
    /// <exception cref="EngineException">It is not there, or cannot be used.</exception>
    internal BuildContext OpenNamed(string name, string value)
    {
        string place = "context-" + Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(name));
        if (request.Client is { } client && BuildClient.DirectoryOf(value) is { } directory)
        {
            return FromClient(client, directory, place, own: null);
        }

        bool isLocal = !TryFetch(value, place, out Fd? root, out _, out string? commit);
        if (isLocal)
        {
            root = OpenDirectory(request.Client is null ? value : throw NotOfClient(value));
        }

        if (root is null)
        {
            throw EngineException.Invalid($"build context {name}: {value} is no archive");
        }

        try
        {
            return new BuildContext(root, new FileOrigin(root, Ignore(root, null), KeepsOwners: false) { IsLasting = isLocal }) { Commit = commit };
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>Gets what is no directory of this machine.</summary>
    /// <param name="context">What is named.</param>
    /// <param name="place">Where it goes in the work directory.</param>
    /// <param name="root">The directory; null for a lone Dockerfile.</param>
    /// <param name="text">The lone Dockerfile.</param>
    /// <param name="commit">The commit of a repository.</param>
    /// <returns>Whether it is such a thing.</returns>
    private bool TryFetch(string context, string place, out Fd? root, out ReadOnlyMemory<byte> text, out string? commit)
    {
        (root, text, commit) = (null, default, null);
        string directory = $"{request.WorkDirectory}/{place}";
        if (GitLocation.Is(context))
        {
            GitLocation location = GitLocation.Parse(context);
            FileAt.MakeDirectory(null, directory, 0b_111_000_000);
            commit = new GitCheckout(request.GitAccess).Run(location, directory, request.KeepGitDirectory);
            using Fd top = FileAt.OpenDirectory(null, directory);
            root = FileAt.TryOpen(
                top, location.Directory.Length == 0 ? "." : location.Directory, OpenFlags.PathOnly | OpenFlags.Directory, 0, RootTree.InRoot, out _)
                ?? throw new EngineException(ErrorKind.NotFound, $"{location.Shown}: there is no directory {location.Directory} in the repository");
            return true;
        }

        bool isUrl = context.StartsWith("http://", StringComparison.Ordinal) || context.StartsWith("https://", StringComparison.Ordinal);
        if (!isUrl && context != "-" && (request.Client is not null || !IsFile(context)))
        {
            return false;
        }

        using Fd file = isUrl ? Download(context) : context == "-" ? SpoolInput() : FileAt.Open(null, context, OpenFlags.Read);
        if (!ArchiveDetection.IsArchive(file))
        {
            text = context == "-" || isUrl
                ? ReadText(file, isUrl ? context : InputFile.StandardInput)
                : throw EngineException.Invalid($"unable to prepare context: context must be a directory: {context}");
            return true;
        }

        FileAt.MakeDirectory(null, directory, 0b_111_101_101);
        root = FileAt.OpenDirectory(null, directory);
        ClientFiles.Unpack(file, root);
        return true;
    }

    private BuildContext Lone(ReadOnlyMemory<byte> text)
    {
        if (request.Dockerfile is not null)
        {
            throw EngineException.Invalid("invalid argument: the context is a Dockerfile, so there can be no other one");
        }

        string directory = request.WorkDirectory + "/empty";
        FileAt.MakeDirectory(null, directory, 0b_111_101_101);
        Fd root = FileAt.OpenDirectory(null, directory);
        return new BuildContext(root, new FileOrigin(root, IgnorePatterns.None, KeepsOwners: false)) { Dockerfile = text };
    }

    private BuildContext WithDockerfile(Fd root, bool isLocal, string? commit)
    {
        try
        {
            (byte[] dockerfile, string name, byte[]? ignore) = Dockerfile(root, isLocal);
            return new BuildContext(root, new FileOrigin(root, Ignore(root, ignore), KeepsOwners: false) { IsLasting = isLocal })
            {
                Dockerfile = dockerfile,
                DockerfileName = name,
                Commit = commit,
            };
        }
        catch
        {
            root.Dispose();
            throw;
        }
    }

    /// <summary>A directory of a client's, with the Dockerfile of a directory that may be another one.</summary>
    private BuildContext WithDockerfile(BuildClient client, string name)
    {
        string file = request.Dockerfile ?? DefaultName;
        List<string> wanted = [file, file + IgnoreName];
        if (request.Dockerfile is null)
        {
            wanted.Add("dockerfile");
        }

        using Fd files = new ClientFiles(client, request.WorkDirectory).Receive(request.DockerfileDirectory ?? name, "dockerfile", wanted, []);
        (byte[] dockerfile, string shown, byte[]? ignore) = Dockerfile(files, isLocal: false);
        BuildContext context = FromClient(client, name, "context", ignore);
        return context.With(dockerfile, shown);
    }

    /// <summary>A directory of a client's, without what <c>.dockerignore</c> leaves out.</summary>
    private BuildContext FromClient(BuildClient client, string name, string place, byte[]? own)
    {
        ClientFiles from = new(client, request.WorkDirectory);
        byte[]? text = own;
        if (own is null)
        {
            using Fd files = from.Receive(name, place + "-ignore", [IgnoreName], []);
            text = Read(files, IgnoreName, RootTree.InRoot, IgnorePatterns.LargestFile);
        }

        IgnorePatterns ignore = text is null ? IgnorePatterns.None : IgnorePatterns.ParseFile(text, own is null ? IgnoreName : DefaultName + IgnoreName);
        Fd root = from.Receive(name, place, request.OnlyDockerfile ? [IgnoreName] : [], text is null ? [] : IgnorePatterns.LinesOf(text));
        return new BuildContext(root, new FileOrigin(root, ignore, KeepsOwners: false));
    }

    private static EngineException NotOfClient(string context) =>
        EngineException.Invalid($"{context}: neither a repository nor a URL; a directory is sent by the client");

    /// <summary>The Dockerfile, its name, and the patterns that belong to it alone.</summary>
    private (byte[] Text, string Name, byte[]? Ignore) Dockerfile(Fd root, bool isLocal)
    {
        if (request.Dockerfile == "-" && request.Client is null)
        {
            using Fd input = Spool(Fd.Borrow(0));
            return (ReadText(input, InputFile.StandardInput), DefaultName, null);
        }

        string name = request.Dockerfile ?? DefaultName;
        if (isLocal && request.Dockerfile is not null && Read(null, name, ResolveFlags.None) is { } outside)
        {
            // What the user names is opened as any file of theirs.
            return (outside, Path.GetFileName(name), Read(null, name + IgnoreName, ResolveFlags.None));
        }

        foreach (string candidate in request.Dockerfile is null ? (string[])[DefaultName, "dockerfile"] : [name])
        {
            if (Read(root, candidate, RootTree.InRoot) is { } text)
            {
                return (text, Path.GetFileName(candidate), Read(root, candidate + IgnoreName, RootTree.InRoot));
            }
        }

        throw new EngineException(ErrorKind.NotFound, $"failed to read dockerfile: open {name}: no such file or directory");
    }

    private static IgnorePatterns Ignore(Fd root, byte[]? own) => own is not null
        ? IgnorePatterns.ParseFile(own, DefaultName + IgnoreName)
        : Read(root, IgnoreName, RootTree.InRoot, IgnorePatterns.LargestFile) is { } patterns
            ? IgnorePatterns.ParseFile(patterns, IgnoreName)
            : IgnorePatterns.None;

    private static Fd OpenDirectory(string path) =>
        FileAt.TryOpen(null, path, OpenFlags.PathOnly | OpenFlags.Directory, 0, ResolveFlags.None, out Errno errno)
        ?? throw (errno switch
        {
            Errno.ENOENT => new EngineException(ErrorKind.NotFound, $"unable to prepare context: path \"{path}\" not found"),
            Errno.ENOTDIR => EngineException.Invalid($"unable to prepare context: context must be a directory: {path}"),
            _ => new SyscallException("openat2", errno, path),
        });

    private static bool IsFile(string path)
    {
        using Fd? there = FileAt.TryOpen(null, path, OpenFlags.PathOnly, 0, ResolveFlags.None, out _);
        return there is not null && FileAt.Stat(there).Type == FileType.Regular;
    }

    private Fd Download(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out Uri? uri) || uri.UserInfo.Length > 0)
        {
            throw EngineException.Invalid($"{url}: not a URL that can be built from");
        }

        Fd file = store.Download(uri, url, RegistryAccess.Options(request.Cancellation, credentials: request.Client?.Credentials));
        FileContent.Seek(file, 0);
        return file;
    }

    private Fd SpoolInput()
    {
        if (request.Client is not { } client)
        {
            return Spool(Fd.Borrow(0));
        }

        Fd? file = null;
        ClientFiles.Through(client.WriteInput, input => file = Spool(input));
        return file!;
    }

    /// <summary>What is read from a pipe as a file, so that it can be looked at first.</summary>
    private Fd Spool(Fd input)
    {
        Fd file = FileAt.Open(null, request.WorkDirectory, OpenFlags.ReadWrite | OpenFlags.Unnamed, 0b_110_000_000);
        byte[] buffer = new byte[256 * 1024];
        int read;
        while ((read = FileContent.Read(input, buffer)) > 0)
        {
            FileContent.Write(file, buffer.AsSpan(0, read));
            request.Cancellation.ThrowIfCancellationRequested();
        }

        FileContent.Seek(file, 0);
        return file;
    }

    /// <summary>A small regular file; null where there is none.</summary>
    private static byte[]? Read(Fd? root, string path, ResolveFlags resolve, int limit = DockerfileLimits.Bytes)
    {
        using Fd? file = FileAt.TryOpen(root, path, OpenFlags.Read | OpenFlags.NonBlocking, 0, resolve, out Errno errno);
        if (file is null)
        {
            return errno is Errno.ENOENT or Errno.ENOTDIR ? null : throw new SyscallException("openat2", errno, path);
        }

        return FileAt.Stat(file).Type == FileType.Regular
            ? ReadText(file, path, limit)
            : throw EngineException.Invalid($"{path}: not a regular file");
    }

    private static byte[] ReadText(Fd file, string name, int limit = DockerfileLimits.Bytes)
    {
        try
        {
            return FileContent.ReadAll(file, limit);
        }
        catch (SyscallException e) when (e.Errno == Errno.EFBIG)
        {
            throw EngineException.Invalid($"{name}: larger than {limit} bytes");
        }
    }
}
