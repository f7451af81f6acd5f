using System;
using System.IO;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests;

/// <summary>A data root of one test, deleted when it ends, however it ends.</summary>
internal sealed class TemporaryState : IDisposable
{
    internal TemporaryState()
    {
        Path = Directory.CreateTempSubdirectory("fastrun-layers-").FullName;
        Layout = new StateLayout(System.IO.Path.Combine(Path, "data"), System.IO.Path.Combine(Path, "run"));
    }

    internal string Path { get; }

    internal StateLayout Layout { get; }

    /// <summary>The path of a file of the test's own, beside the state.</summary>
    internal string File(string name) => System.IO.Path.Combine(Path, name);

    public void Dispose() => TreeRemoval.Delete(null, Path);
}
