using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Batches;

/// <summary>Files without a name for what commands write: a command writes to its file itself, and a kill leaves nothing.</summary>
internal sealed class BatchFiles
{
    private const int OwnerOnly = 0b_110_000_000;
    private const int OwnerDirectory = 0b_111_000_000;

    private readonly string _directory;

    internal BatchFiles(StateLayout layout)
    {
        _directory = layout.Containers;
        FileAt.MakeDirectories(null, _directory, OwnerDirectory);
    }

    /// <summary>
    /// Makes one. Whoever has it cannot give it a name (open(2), O_TMPFILE with O_EXCL), and what is written goes to its end.
    /// </summary>
    /// <exception cref="SyscallException">It cannot be made.</exception>
    internal Fd Make() => FileAt.Open(
        null, _directory, OpenFlags.ReadWrite | OpenFlags.Append | OpenFlags.Unnamed | OpenFlags.Exclusive, OwnerOnly);
}
