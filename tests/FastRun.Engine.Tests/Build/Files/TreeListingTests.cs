using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using FastRun.Engine.Build.Files;
using FastRun.Engine.Build.Ignore;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Build.Files;

/// <summary>Lists of trees: complete, in order, without what patterns leave out, however the work is divided.</summary>
public sealed class TreeListingTests : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("fastrun-listing-").FullName;

    public void Dispose() => TreeRemoval.Delete(null, _base);

    [Theory]
    [InlineData("")]
    [InlineData("**/*7")]
    [InlineData("d1*|!d1*/f*3|!d12")]
    [InlineData("*|!d5/f1")]
    [InlineData("**|!**/f9*")]
    public void List_ManyFilesWithPatterns_AreThoseThatThePatternsLeave(string ignore)
    {
        List<string> all = [];
        for (int directory = 0; directory < 14; directory++)
        {
            int files = directory == 5 ? 300 : 10;
            string name = string.Create(CultureInfo.InvariantCulture, $"d{directory}");
            Directory.CreateDirectory($"{_base}/{name}/sub");
            for (int file = 0; file < files; file++)
            {
                all.Add(string.Create(CultureInfo.InvariantCulture, $"{name}/f{file}"));
                File.WriteAllText($"{_base}/{all[^1]}", "");
            }

            all.Add($"{name}/sub/f{directory}7");
            File.WriteAllText($"{_base}/{all[^1]}", "");
        }

        IgnorePatterns patterns = ignore.Length == 0 ? IgnorePatterns.None : IgnorePatterns.Create(ignore.Split('|'), "test");
        Assert.Equal(all.FindAll(path => !patterns.IsExcluded(path)).Order(StringComparer.Ordinal), Listed(patterns).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void List_NamesAreSorted_DirectoriesBeforeWhatIsInThem()
    {
        string[] paths = ["b/z", "b/a", "b/a.b/x", "b/a/../aa/x", "a", "B", "c/c/c/c", "ä", "z"];
        foreach (string path in paths)
        {
            Directory.CreateDirectory(Path.GetDirectoryName($"{_base}/{path}")!);
            File.WriteAllText($"{_base}/{path}", "");
        }

        Assert.Equal(["B", "a", "z", "ä", "b/a", "b/z", "b/a.b/x", "b/aa/x", "c/c/c/c"], Listed(IgnorePatterns.None));
    }

    [Fact]
    public void List_NamesThatAreNoText_KeepTheirBytes()
    {
        byte[] name = [0xFF, (byte)'x', 0xFE];
        using Fd directory = FileAt.OpenDirectory(null, _base);
        FileAt.Open(directory, name, OpenFlags.Write | OpenFlags.Create, 0x1A4).Dispose();
        FileAt.MakeDirectory(directory, (byte[])[0xFD], 0x1ED);
        FileAt.Open(directory, (byte[])[0xFD, (byte)'/', 0xFC], OpenFlags.Write | OpenFlags.Create, 0x1A4).Dispose();
        using FileSelection selection = Select(directory, IgnorePatterns.Create(["nothing"], "test"));
        SelectedTree tree = Assert.Single(selection.Trees);
        Assert.Equal([name], tree.Directories[0].Entries.Select(static entry => entry.Name));
        Assert.Equal([0xFD], tree.Directories[1].Path);
        Assert.Equal([[0xFC]], tree.Directories[1].Entries.Select(static entry => entry.Name));
    }

    [Fact]
    public void List_LinksToDirectories_AreLinks()
    {
        Directory.CreateDirectory(_base + "/real");
        File.WriteAllText(_base + "/real/file", "");
        Directory.CreateSymbolicLink(_base + "/link", "real");
        Directory.CreateSymbolicLink(_base + "/up", "..");
        Assert.Equal(["link", "up", "real/file"], Listed(IgnorePatterns.None));
    }

    private static FileSelection Select(Fd directory, IgnorePatterns ignore) =>
        FileSelection.Select(new FileOrigin(directory, ignore, KeepsOwners: false), ["."], new SelectionOptions());

    private string[] Listed(IgnorePatterns ignore)
    {
        using Fd directory = FileAt.OpenDirectory(null, _base);
        using FileSelection selection = Select(directory, ignore);
        return [.. Assert.Single(selection.Trees).Directories.SelectMany(static directory => directory.Entries
            .Select(entry => Encoding.UTF8.GetString([.. directory.Path, .. directory.Path.Length > 0 ? "/"u8 : [], .. entry.Name])))];
    }
}
