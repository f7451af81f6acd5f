using System;
using System.Globalization;
using System.IO;
using System.Text;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Daemon;

/// <summary>A file with the daemon's process id, there while it runs. Who wants to know whether it runs asks its socket.</summary>
internal sealed class PidFile : IDisposable
{
    private const int ReadableByAll = 0b_110_100_100;

    private readonly string _path;

    private PidFile(string path) => _path = path;

    /// <summary>Writes it.</summary>
    /// <exception cref="EngineException">It cannot be written.</exception>
    internal static PidFile Write(string path)
    {
        string whole = Path.GetFullPath(path);
        try
        {
            AtomicFile.WriteVolatile(whole, Encoding.ASCII.GetBytes(Environment.ProcessId.ToString(CultureInfo.InvariantCulture) + "\n"), ReadableByAll);
        }
        catch (SyscallException e)
        {
            throw new EngineException(ErrorKind.Unavailable, $"{path}: write the process id: {e.Errno.Describe()}", e);
        }

        return new PidFile(whole);
    }

    /// <inheritdoc/>
    public void Dispose() => _ = FileAt.TryUnlink(null, _path);
}
