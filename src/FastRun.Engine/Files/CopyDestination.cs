using FastRun.Engine.Errors;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Files;

/// <summary>Where a copy goes: Docker's rules of what a destination means.</summary>
/// <param name="Directory">The directory to copy to.</param>
/// <param name="Name">What the copy is called there; a dot for the content of the source.</param>
internal readonly record struct CopyDestination(string Directory, string Name)
{
    /// <summary>Applies the rules (docker cp, "Extended description").</summary>
    /// <param name="source">What is copied.</param>
    /// <param name="sourceIsDirectory">Whether that is a directory.</param>
    /// <param name="path">What was named as the destination.</param>
    /// <param name="there">What is there, symbolic links followed; null for nothing.</param>
    /// <exception cref="EngineException">The two do not go together.</exception>
    internal static CopyDestination Choose(CopyPath source, bool sourceIsDirectory, CopyPath path, FileStatus? there)
    {
        if (path.IsDirectory && there is { IsDirectory: false })
        {
            there = null;
        }

        if (there is { IsDirectory: true })
        {
            return new CopyDestination(path.Path, sourceIsDirectory ? source.Name : source.Base);
        }

        if (there is not null && sourceIsDirectory)
        {
            throw EngineException.Invalid("cannot copy directory");
        }

        if (!sourceIsDirectory && path.IsDirectory)
        {
            throw new EngineException(ErrorKind.NotFound, "no such directory");
        }

        return new CopyDestination(path.Parent, path.Base);
    }
}
