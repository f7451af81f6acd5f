using System;
using System.IO;
using System.Linq;
using FastRun.Native.Filesystem;

namespace FastRun.Native.Tests.Filesystem;

public sealed class DirectoryContentTests
{
    [Fact]
    public void Read_FilesAndDirectories_NamesWithTheirTypes()
    {
        using TemporaryDirectory directory = new();
        File.WriteAllText(Path.Combine(directory.Path, "file"), "");
        Directory.CreateDirectory(Path.Combine(directory.Path, "directory"));
        DirectoryEntry[] entries = [.. DirectoryContent.Read(directory.Fd).OrderBy(entry => entry.Text, StringComparer.Ordinal)];

        Assert.Equal(["directory", "file"], entries.Select(entry => entry.Text));
        Assert.Equal([FileType.Directory, FileType.Regular], entries.Select(entry => entry.Type));
    }

    [Fact]
    public void Read_DirectoryRemovedSinceItWasOpened_Empty()
    {
        using TemporaryDirectory directory = new();
        string removed = Path.Combine(directory.Path, "removed");
        Directory.CreateDirectory(removed);
        using Fd opened = Open(removed);
        Directory.Delete(removed);

        Assert.Empty(DirectoryContent.Read(opened));
    }

    [Fact]
    public void ReadAll_NoSuchDirectory_Empty()
    {
        using TemporaryDirectory directory = new();

        Assert.Empty(DirectoryContent.ReadAll(null, Path.Combine(directory.Path, "missing")));
    }

    private static Fd Open(string path) => FileAt.Open(null, path, OpenFlags.Read | OpenFlags.Directory);
}
