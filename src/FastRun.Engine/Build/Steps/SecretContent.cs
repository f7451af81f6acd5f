using System;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Steps;

/// <summary>Reads the secrets of a build, each time that a step has one: they are kept nowhere.</summary>
internal static class SecretContent
{
    /// <summary>BuildKit's limit.</summary>
    private const int Largest = 500 * 1024;

    /// <summary>The content; null where the build was given no such secret.</summary>
    /// <exception cref="EngineException">Its file cannot be read, or is too large.</exception>
    internal static byte[]? TryRead(BuildRequest request, string id)
    {
        if (request.Client is { } client)
        {
            return client.TryReadSecret(id) is not { } given ? null
                : given.Length <= Largest ? given
                : throw EngineException.Invalid($"secret {id}: it is larger than the limit of {Largest} bytes");
        }

        if (!request.Secrets.TryGetValue(id, out SecretSource? source))
        {
            return null;
        }

        if (source.Variable is { } variable)
        {
            return Environment.GetEnvironmentVariable(variable) is { } value
                ? Encoding.UTF8.GetBytes(value)
                : throw new EngineException(ErrorKind.NotFound, $"secret {id}: the environment has no variable {variable}");
        }

        string path = source.File ?? id;
        using Fd? file = FileAt.TryOpen(null, path, OpenFlags.Read | OpenFlags.NonBlocking, 0, ResolveFlags.None, out Errno errno);
        if (file is null)
        {
            throw new EngineException(ErrorKind.NotFound, $"secret {id}: {path}: {errno.Describe()}");
        }

        byte[] content = FileAt.Stat(file).IsDirectory
            ? throw EngineException.Invalid($"secret {id}: {path}: is a directory")
            : FileContent.ReadAll(file, Largest + 1);
        return content.Length <= Largest
            ? content
            : throw EngineException.Invalid($"secret {id}: {path}: it is larger than the limit of {Largest} bytes");
    }
}
