using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Build.Ssh;

/// <summary>What <c>--ssh</c> gives, by id.</summary>
internal sealed class SshAgents : IDisposable
{
    private const int LargestKey = 64 * 1024;

    private readonly Dictionary<string, ISshAgent> _agents = new(StringComparer.Ordinal);

    /// <summary>Looks at sockets and reads keys.</summary>
    /// <param name="paths">By id: the socket of an agent, or files of keys with commas between.</param>
    /// <exception cref="EngineException">One is neither.</exception>
    internal SshAgents(IReadOnlyDictionary<string, string> paths)
    {
        try
        {
            foreach ((string id, string path) in paths)
            {
                _agents[id] = Open(id, path);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The agent of an id; null for none.</summary>
    internal ISshAgent? TryGet(string id) => _agents.GetValueOrDefault(id);

    /// <summary>Opens one.</summary>
    /// <param name="id">Its id, for messages.</param>
    /// <param name="paths">The socket of an agent, or files of keys with commas between.</param>
    /// <exception cref="EngineException">It is neither.</exception>
    internal static ISshAgent Open(string id, string paths)
    {
        List<(SshKey Key, string Comment)> keys = [];
        try
        {
            string[] files = paths.Split(',');
            foreach (string path in files)
            {
                using Fd? file = FileAt.TryOpen(null, path, OpenFlags.PathOnly, 0, ResolveFlags.None, out Errno errno);
                FileType? type = file is null ? null : FileAt.Stat(file).Type;
                if (type == FileType.Socket && files.Length == 1)
                {
                    return new SocketAgent(path);
                }

                if (type != FileType.Regular)
                {
                    throw EngineException.Invalid(
                        $"ssh agent {id}: {path}: {(type is null ? errno.Describe() : type == FileType.Socket ? "only a single socket allowed" : "neither a socket nor a private key")}");
                }

                keys.Add((SshKeyFile.Parse(Read(path, id), path), path));
            }

            return new KeyAgent(keys);
        }
        catch
        {
            keys.ForEach(static key => key.Key.Dispose());
            throw;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (ISshAgent agent in _agents.Values)
        {
            (agent as IDisposable)?.Dispose();
        }
    }

    private static byte[] Read(string path, string id)
    {
        using Fd? file = FileAt.TryOpen(null, path, OpenFlags.Read | OpenFlags.NonBlocking, 0, ResolveFlags.None, out Errno errno);
        try
        {
            return file is null ? throw EngineException.Invalid($"ssh agent {id}: {path}: {errno.Describe()}") : FileContent.ReadAll(file, LargestKey);
        }
        catch (SyscallException e) when (e.Errno == Errno.EFBIG)
        {
            throw EngineException.Invalid($"ssh agent {id}: {path}: not a private key");
        }
    }
}
