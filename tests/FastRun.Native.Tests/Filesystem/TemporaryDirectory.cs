using System;
using System.IO;
using FastRun.Native.Filesystem;

namespace FastRun.Native.Tests.Filesystem;

/// <summary>A directory of one test, deleted when it ends, however it ends.</summary>
internal sealed class TemporaryDirectory : IDisposable
{
    internal TemporaryDirectory()
    {
        Path = Directory.CreateTempSubdirectory("fastrun-native-").FullName;
        Fd = FileAt.Open(null, Path, OpenFlags.Read | OpenFlags.Directory);
    }

    internal string Path { get; }

    internal Fd Fd { get; }

    public void Dispose()
    {
        Fd.Dispose();
        TreeRemoval.Delete(null, Path);
    }
}
