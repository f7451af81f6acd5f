using System;
using System.IO;
using System.Text;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Files;

/// <content>What is at a path.</content>
public sealed partial class CopyFiles
{
    /// <summary>Tells what is at a path of a container.</summary>
    /// <param name="name">The container.</param>
    /// <param name="path">The path; a symbolic link at its end is not followed.</param>
    /// <exception cref="Errors.EngineException">There is nothing.</exception>
    public PathStatus Status(string name, string path) => Translated(name, () =>
    {
        using ContainerView view = Open(name, "archive-path");
        CopyPath source = CopyPath.InContainer(path);
        using Fd there = OpenSource(view, source, name);
        FileStatus status = FileAt.Stat(there);
        string target = status.Type == FileType.SymbolicLink && FileAt.TryReadLink(there, "", out byte[] link) == Errno.None
            ? Path.GetFullPath(Encoding.UTF8.GetString(link), source.Parent)
            : "";
        DateTimeOffset modified = DateTimeOffset.FromUnixTimeSeconds(status.Modified.Seconds).AddTicks(status.Modified.Nanoseconds / 100);
        return new PathStatus(source.Path == "/" ? "/" : source.Base, status.Size, status.Type, status.Permissions, modified, target);
    });
}
