using System.Text;
using FastRun.Cli.Options;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Cli.Commands.Containers;

/// <summary><c>--cidfile</c>: a file that must not exist yet and gets the container's id.</summary>
internal sealed class CidFile
{
    private const int ReadByAll = 0b_110_100_100;

    private string? _path;

    /// <summary>Whether one was asked for.</summary>
    internal bool IsWanted => _path is not null;

    internal Option Option() => new("cidfile", '\0', "string", "Write the container's id to this file", value => _path = value);

    /// <summary>Before anything is made: the file must not be there.</summary>
    /// <exception cref="EngineException">It is.</exception>
    internal void RequireFree()
    {
        if (_path is not null && FileAt.TryStat(null, _path, out _) == Errno.None)
        {
            throw EngineException.Invalid(
                $"container ID file found, make sure the other container isn't running or delete {_path}");
        }
    }

    /// <summary>Writes the id.</summary>
    /// <exception cref="SyscallException">The file cannot be made.</exception>
    internal void Write(string id)
    {
        if (_path is not null)
        {
            using Fd file = FileAt.Open(null, _path, OpenFlags.Write | OpenFlags.Create | OpenFlags.Exclusive, ReadByAll);
            FileContent.Write(file, Encoding.ASCII.GetBytes(id));
        }
    }
}
