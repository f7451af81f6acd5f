using FastRun.Engine.Errors;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Launch;

/// <summary>Which of the caller's standard descriptors a container inherits.</summary>
internal static class StandardDescriptors
{
    /// <summary>
    /// Returns the descriptors, one bit each, that /dev/null stands in for: those that are closed, and standard input
    /// unless it was asked for.
    /// </summary>
    /// <exception cref="EngineException">One is a directory, through which a container could leave its root.</exception>
    internal static int ToReplace(bool openStdin)
    {
        int replaced = 0;
        for (int descriptor = 0; descriptor < 3; descriptor++)
        {
            if (descriptor == 0 && !openStdin)
            {
                replaced |= 1;
            }
            else if (!StandardDescriptor.TryStat(descriptor, out FileStatus status, out bool pathOnly))
            {
                replaced |= 1 << descriptor;
            }
            else if (status.IsDirectory || pathOnly)
            {
                throw new EngineException(
                    ErrorKind.InvalidArgument,
                    $"standard descriptor {descriptor}: is {(status.IsDirectory ? "a directory" : "an O_PATH descriptor")}, "
                        + "which a container cannot be given",
                    hint: "redirect it from a file, a pipe or /dev/null");
            }
        }

        return replaced;
    }
}
