using System;
using System.IO;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests;

/// <summary>A container's root and the host around it, for one test; deleted when it ends, however it ends.</summary>
internal sealed class TemporaryTree : IDisposable
{
    internal TemporaryTree()
    {
        Host = Directory.CreateTempSubdirectory("fastrun-engine-").FullName;
        Path = Directory.CreateDirectory(Host + "/root").FullName;
        Root = FileAt.OpenDirectory(null, Path);
    }

    /// <summary>The directory that holds the root: nothing else may appear in it.</summary>
    internal string Host { get; }

    internal string Path { get; }

    internal Fd Root { get; }

    public void Dispose()
    {
        Root.Dispose();
        TreeRemoval.Delete(null, Host);
    }

    internal void Write(string path, string text)
    {
        string file = Path + path;
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
    }

    internal void Link(string path, string target)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path + path)!);
        File.CreateSymbolicLink(Path + path, target);
    }

    internal void MakeNode(string path, FileType type, DeviceNumber device = default)
    {
        Directory.CreateDirectory(System.IO.Path.GetDirectoryName(Path + path)!);
        FileAt.MakeNode(null, Path + path, type, 0b_110_000_000, device);
    }
}
