using System.Collections.Generic;
using System.IO;
using System.Text;
using FastRun.Engine.Build.Dockerfile;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build;

/// <summary>The Dockerfile of a build.</summary>
internal sealed class DockerfileFile(BuildRequest request)
{
    private const string Usual = "Dockerfile";

    /// <summary>What it is called: the last part of its path.</summary>
    internal string Name => Path.GetFileName(request.Dockerfile ?? Usual);

    /// <summary>Its lines, once it was read.</summary>
    internal IReadOnlyList<string> Lines { get; private set; } = [];

    /// <summary>Reads it.</summary>
    /// <exception cref="EngineException">It is not there, or too large.</exception>
    internal byte[] Read()
    {
        string path = request.Dockerfile ?? Path.Combine(request.Context, Usual);
        using Fd? file = FileAt.TryOpen(null, path, OpenFlags.Read | OpenFlags.NonBlocking, 0, ResolveFlags.None, out Errno errno);
        if (file is null)
        {
            throw new EngineException(ErrorKind.NotFound, $"failed to read dockerfile: open {path}: {errno.Describe()}");
        }

        byte[] text = FileAt.Stat(file).IsDirectory
            ? throw EngineException.Invalid($"failed to read dockerfile: {path}: is a directory")
            : FileContent.ReadAll(file, DockerfileLimits.Bytes + 1);
        Lines = Encoding.UTF8.GetString(text).Split('\n');
        return text;
    }
}
