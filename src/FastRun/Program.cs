using FastRun.Cli;
using FastRun.Native.Filesystem;

namespace FastRun;

internal static class Program
{
    private static int Main(string[] args)
    {
        StandardDescriptor.OpenMissing();
        return CommandLine.Run(args);
    }
}
