using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text;
using FastRun.Engine.Build.Files;
using FastRun.Engine.Build.Ignore;
using FastRun.Engine.Errors;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Build.Files;

/// <summary>Expected results: the Dockerfile reference, "COPY"; of BuildKit 0.2x where it is silent.</summary>
public sealed class FileCopyStepTests : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("fastrun-copy-").FullName;
    private readonly string _context;
    private readonly string _root;

    public FileCopyStepTests()
    {
        _context = Directory.CreateDirectory(_base + "/context").FullName;
        _root = Directory.CreateDirectory(_base + "/root").FullName;
        foreach (string file in (string[])["a.txt", "b.txt", ".hidden", "dir/c.txt", "dir/sub/d.txt", "dir/sub/e.md", "other/c.txt"])
        {
            Write(_context, file, file);
        }
    }

    public void Dispose() => TreeRemoval.Delete(null, _base);

    [Theory]
    [InlineData("a.txt", "/", "a.txt")]
    [InlineData("a.txt", "/x", "x")]
    [InlineData("a.txt", "/x/", "x/ x/a.txt")]
    [InlineData("a.txt", "/x/y/z", "x/ x/y/ x/y/z")]
    [InlineData("a.txt", "/there", "there/a.txt")]
    [InlineData("a.txt", "rel", "work/ work/rel")]
    [InlineData("a.txt", ".", "work/ work/a.txt")]
    [InlineData("a.txt", "./", "work/ work/a.txt")]
    [InlineData("a.txt", "../up", "up")]
    [InlineData("a.txt", "/../../up", "up")]
    [InlineData("dir", "/", "c.txt sub/ sub/d.txt sub/e.md")]
    [InlineData("dir", "/x", "x/ x/c.txt x/sub/ x/sub/d.txt x/sub/e.md")]
    [InlineData("dir/", "/x/", "x/ x/c.txt x/sub/ x/sub/d.txt x/sub/e.md")]
    [InlineData("./dir/.", "/x", "x/ x/c.txt x/sub/ x/sub/d.txt x/sub/e.md")]
    [InlineData("/dir", "/x", "x/ x/c.txt x/sub/ x/sub/d.txt x/sub/e.md")]
    [InlineData("../../dir", "/x", "x/ x/c.txt x/sub/ x/sub/d.txt x/sub/e.md")]
    [InlineData("*.txt", "/x/", "x/ x/a.txt x/b.txt")]
    [InlineData("?.txt", "/x/", "x/ x/a.txt x/b.txt")]
    [InlineData("[b-z].txt", "/x/", "x/ x/b.txt")]
    [InlineData("*", "/x/", "x/ x/.hidden x/a.txt x/b.txt x/c.txt x/sub/ x/sub/d.txt x/sub/e.md")]
    [InlineData("d*", "/x/", "x/ x/c.txt x/sub/ x/sub/d.txt x/sub/e.md")]
    [InlineData("*/c.txt", "/x/", "x/ x/c.txt")]
    [InlineData("none*", "/x/", "")]
    [InlineData("dir other", "/x/", "x/ x/c.txt x/sub/ x/sub/d.txt x/sub/e.md")]
    [InlineData("a.txt dir", "/x/", "x/ x/a.txt x/c.txt x/sub/ x/sub/d.txt x/sub/e.md")]
    [InlineData("a.txt b.txt", ".", "work/ work/a.txt work/b.txt")]
    public void Run_SourcesAndDestination_FollowTheReference(string sources, string destination, string expected)
    {
        Directory.CreateDirectory(_root + "/there");
        Copy(sources, destination);
        Assert.Equal(("there/ " + expected).TrimEnd().Split(' ').Order(StringComparer.Ordinal), Listing());
    }

    [Theory]
    [InlineData("dir/sub/d.txt", "/x/", "x/ x/dir/ x/dir/sub/ x/dir/sub/d.txt")]
    [InlineData("dir/./sub/d.txt", "/x/", "x/ x/sub/ x/sub/d.txt")]
    [InlineData("**/*.md", "/x/", "x/ x/dir/ x/dir/sub/ x/dir/sub/e.md")]
    [InlineData("*/c.txt", "/x", "x/ x/dir/ x/dir/c.txt x/other/ x/other/c.txt")]
    [InlineData("dir/sub", "/x", "x/ x/dir/ x/dir/sub/ x/dir/sub/d.txt x/dir/sub/e.md")]
    [InlineData("./dir/c.txt ./other/c.txt", "/x/", "x/ x/dir/ x/dir/c.txt x/other/ x/other/c.txt")]
    public void Run_Parents_KeepDirectories(string sources, string destination, string expected)
    {
        Copy(sources, destination, parents: true);
        Assert.Equal(expected.Split(' ').Order(StringComparer.Ordinal), Listing());
    }

    [Theory]
    [InlineData("dir", "sub", "x/ x/c.txt")]
    [InlineData("dir", "**/*.txt", "x/ x/sub/ x/sub/e.md")]
    [InlineData("dir", "*|!sub/d.txt", "x/ x/sub/ x/sub/d.txt")]
    [InlineData("*.txt", "a*", "x/ x/b.txt")]
    public void Run_Excludes_LeaveOut(string sources, string excludes, string expected)
    {
        Copy(sources, "/x/", excludes: excludes);
        Assert.Equal(expected.Split(' ').Order(StringComparer.Ordinal), Listing());
    }

    [Theory]
    [InlineData(".", "dir", ".hidden a.txt b.txt other/ other/c.txt")]
    [InlineData(".", "dir|!dir/sub/e.md", ".hidden a.txt b.txt dir/ dir/sub/ dir/sub/e.md other/ other/c.txt")]
    [InlineData(".", "*|!*.txt", "a.txt b.txt")]
    [InlineData("dir", "**/*.md", "c.txt sub/ sub/d.txt")]
    [InlineData("*.txt", "a.txt", "b.txt")]
    [InlineData("dir/sub", "dir|!dir/sub/e.md", "e.md")]
    public void Run_IgnoredFiles_AreNotThere(string sources, string ignore, string expected)
    {
        Copy(sources, "/", ignore: ignore);
        Assert.Equal(expected.Split(' ').Order(StringComparer.Ordinal), Listing());
    }

    [Theory]
    [InlineData("nope", null, "failed to compute cache key: \"/nope\": not found")]
    [InlineData("dir/../nope", null, "failed to compute cache key: \"/nope\": not found")]
    [InlineData("a.txt", "*.txt", "failed to compute cache key: \"/a.txt\": not found")]
    [InlineData("dir", "dir", "failed to compute cache key: \"/dir\": not found")]
    public void Select_MissingSource_IsNamed(string source, string? ignore, string message) =>
        Assert.Equal(message, Assert.Throws<EngineException>(() => Copy(source, "/x", ignore: ignore)).Message);

    [Fact]
    public void Run_SeveralSources_NeedADirectory() => Assert.Equal(
        "When using COPY with more than one source file, the destination must be a directory and end with a /",
        Assert.Throws<EngineException>(() => Copy("a.txt b.txt", "/x")).Message);

    [Fact]
    public void Run_LinksOfTheImage_StayInIt()
    {
        Directory.CreateDirectory(_root + "/usr/bin");
        Directory.CreateDirectory(_base + "/outside");
        File.CreateSymbolicLink(_root + "/bin", "usr/bin");
        File.CreateSymbolicLink(_root + "/out", _base + "/outside");
        File.CreateSymbolicLink(_root + "/up", "../../../../../../outside");
        File.CreateSymbolicLink(_root + "/file", "/usr/target");
        File.CreateSymbolicLink(_root + "/escape", _base + "/outside/file");
        Copy("a.txt", "/bin/");
        Copy("a.txt", "/out/");
        Copy("dir", "/up/x");
        Copy("b.txt", "/file");
        Copy("b.txt", "/escape");
        Assert.True(File.Exists(_root + "/usr/bin/a.txt"));
        Assert.Equal("b.txt", File.ReadAllText(_root + "/usr/target"));
        Assert.True(File.Exists(_root + _base + "/outside/a.txt"));
        Assert.True(File.Exists(_root + _base + "/outside/file"));
        Assert.True(File.Exists(_root + "/outside/x/c.txt"));
        Assert.Empty(Directory.GetFileSystemEntries(_base + "/outside"));
    }

    [Fact]
    public void Run_LinksOfTheContext_StayInIt()
    {
        File.WriteAllText(_base + "/secret", "secret");
        File.CreateSymbolicLink(_context + "/out", "../secret");
        File.CreateSymbolicLink(_context + "/abs", _base + "/secret");
        File.CreateSymbolicLink(_context + "/in", "dir/c.txt");
        File.CreateSymbolicLink(_context + "/indir", "dir");
        Assert.Throws<EngineException>(() => Copy("out", "/x"));
        Assert.Throws<EngineException>(() => Copy("abs", "/x"));
        Copy("in", "/y");
        Copy("indir", "/z");
        Copy(".", "/all");
        Assert.Equal("dir/c.txt", File.ReadAllText(_root + "/y"));
        Assert.True(File.Exists(_root + "/z/sub/d.txt"));
        Assert.Equal("../secret", new FileInfo(_root + "/all/out").LinkTarget);
        Assert.Equal("dir", new FileInfo(_root + "/all/indir").LinkTarget);
    }

    [Fact]
    public void Run_Attributes_AreThoseOfTheSource()
    {
        File.SetUnixFileMode(_context + "/dir/c.txt", (UnixFileMode)0b_111_101_001);
        File.SetUnixFileMode(_context + "/dir/sub", (UnixFileMode)0b_111_000_000);
        File.SetLastWriteTimeUtc(_context + "/dir/c.txt", DateTime.UnixEpoch.AddSeconds(1_000_000));
        Directory.SetLastWriteTimeUtc(_context + "/dir/sub", DateTime.UnixEpoch.AddSeconds(2_000_000));
        FileAt.ChangeOwner(null, _context + "/dir/c.txt", 1234, 1235);
        Copy("dir", "/x");
        FileStatus file = FileAt.Stat(null, _root + "/x/c.txt");
        Assert.Equal((0b_111_101_001, 0u, 0u, 1_000_000L), (file.Permissions, file.Uid, file.Gid, file.Modified.Seconds));
        FileStatus directory = FileAt.Stat(null, _root + "/x/sub");
        Assert.Equal((0b_111_000_000, 2_000_000L), (directory.Permissions, directory.Modified.Seconds));
        Assert.Equal(0b_111_101_101, FileAt.Stat(null, _root + "/x").Permissions);
        Copy("dir", "/y", keepsOwners: true);
        Assert.Equal((1234u, 1235u), (FileAt.Stat(null, _root + "/y/c.txt").Uid, FileAt.Stat(null, _root + "/y/c.txt").Gid));
        Copy("dir", "/p/q", owner: (7, 8), mode: "u=rwX,go=");
        foreach (string path in (string[])["/p", "/p/q", "/p/q/c.txt", "/p/q/sub"])
        {
            FileStatus status = FileAt.Stat(null, _root + path);
            Assert.Equal((7u, 8u), (status.Uid, status.Gid));
        }

        Assert.Equal(0b_111_000_000, FileAt.Stat(null, _root + "/p/q/c.txt").Permissions);
        Assert.Equal(0b_110_000_000, FileAt.Stat(null, _root + "/p/q/sub/d.txt").Permissions);
        Assert.Equal(0b_111_000_000, FileAt.Stat(null, _root + "/p/q/sub").Permissions);
    }

    [Fact]
    public void Run_OverWhatIsThere_MergesAndReplaces()
    {
        Write(_root, "x/sub/d.txt", "old");
        Write(_root, "x/sub/kept", "kept");
        File.CreateSymbolicLink(_root + "/x/c.txt", "sub/kept");
        Copy("dir", "/x");
        Assert.Equal("dir/sub/d.txt", File.ReadAllText(_root + "/x/sub/d.txt"));
        Assert.Equal("kept", File.ReadAllText(_root + "/x/sub/kept"));
        Assert.Null(new FileInfo(_root + "/x/c.txt").LinkTarget);
        Write(_root, "y/sub", "a file");
        Assert.Equal("cannot copy to non-directory: /y/sub", Assert.Throws<EngineException>(() => Copy("dir", "/y")).Message);
        Directory.CreateDirectory(_root + "/z/c.txt");
        Assert.Equal("cannot copy to directory: c.txt", Assert.Throws<EngineException>(() => Copy("dir", "/z")).Message);
        Assert.Equal("cannot copy to non-directory: /y/sub", Assert.Throws<EngineException>(() => Copy("dir", "/y/sub/deeper")).Message);
    }

    [Fact]
    public void Run_HardLinksAndNodes_AreKept()
    {
        Assert.Equal(Errno.None, FileAt.TryLink(null, _context + "/dir/c.txt", null, _context + "/dir/sub/linked"));
        FileAt.MakeNode(null, _context + "/dir/fifo", FileType.Fifo, 0b_110_000_000, default);
        Copy("dir", "/x");
        Assert.Equal(FileAt.Stat(null, _root + "/x/c.txt").Inode, FileAt.Stat(null, _root + "/x/sub/linked").Inode);
        Assert.Equal(FileType.Fifo, FileAt.Stat(null, _root + "/x/fifo").Type);
    }

    [Fact]
    public void Run_ManyFiles_AreAllThere()
    {
        for (int i = 0; i < 3000; i++)
        {
            Write(_context, $"many/{i % 7}/{i}", i.ToString(System.Globalization.CultureInfo.InvariantCulture));
        }

        Copy("many", "/m");
        for (int i = 0; i < 3000; i++)
        {
            Assert.Equal(i.ToString(System.Globalization.CultureInfo.InvariantCulture), File.ReadAllText($"{_root}/m/{i % 7}/{i}"));
        }
    }

    [Fact]
    public void Write_InlineFile_IsRootsAndReadable()
    {
        new FileCopyStep(Target(out Fd root), new BuildDestination { Path = "/d/" }, keepsOwners: false)
            .Write("EOF.txt", "hi\n"u8, isOneOfSeveral: false, new FileTime(5, 0));
        root.Dispose();
        FileStatus status = FileAt.Stat(null, _root + "/d/EOF.txt");
        Assert.Equal((0b_110_100_100, 5L, "hi\n"), (status.Permissions, status.Modified.Seconds, File.ReadAllText(_root + "/d/EOF.txt")));
    }

    [Fact]
    public void Run_AddOfATar_UnpacksIt()
    {
        Directory.CreateDirectory(_root + "/real");
        File.CreateSymbolicLink(_root + "/link", "real");
        using (System.Formats.Tar.TarWriter writer = new(new System.IO.Compression.GZipStream(File.Create(_context + "/x.tgz"), System.IO.Compression.CompressionLevel.Fastest)))
        {
            writer.WriteEntry(new System.Formats.Tar.PaxTarEntry(System.Formats.Tar.TarEntryType.RegularFile, "d/f")
            {
                DataStream = new MemoryStream("content"u8.ToArray()), Uid = 5, Gid = 6, Mode = UnixFileMode.UserRead,
            });
        }

        using (System.IO.Compression.GZipStream gzip = new(File.Create(_context + "/data.gz"), System.IO.Compression.CompressionLevel.Fastest))
        {
            gzip.Write("no tar"u8);
        }

        Copy("x.tgz", "/link/to", unpack: true);
        Copy("data.gz", "/link/", unpack: true);
        Copy("x.tgz", "/plain/");
        FileStatus status = FileAt.Stat(null, _root + "/real/to/d/f");
        Assert.Equal((5u, 6u, 0b_100_000_000), (status.Uid, status.Gid, status.Permissions));
        Assert.True(File.Exists(_root + "/real/data.gz"));
        Assert.True(File.Exists(_root + "/plain/x.tgz"));
        Copy("x.tgz", "/owned", owner: (9, 10), unpack: true);
        Assert.Equal((9u, 10u), (FileAt.Stat(null, _root + "/owned/d/f").Uid, FileAt.Stat(null, _root + "/owned").Gid));
    }

    [Fact]
    public void CopyOwner_NamesAndNumbers_AreResolvedInTheImage()
    {
        Write(_root, "etc/passwd", "root:x:0:0::/:\nweb:x:33:34::/:\n");
        Write(_root, "etc/group", "www:x:44:\n");
        using Fd root = FileAt.OpenDirectory(null, _root);
        Assert.Equal((33u, 34u), CopyOwner.Resolve(root, "web"));
        Assert.Equal((33u, 44u), CopyOwner.Resolve(root, "web:www"));
        Assert.Equal((7u, 7u), CopyOwner.Resolve(root, "7"));
        Assert.Equal((7u, 8u), CopyOwner.Resolve(root, "7:8"));
        Assert.Equal((7u, 44u), CopyOwner.Resolve(root, "7:www"));
        Assert.Equal((33u, 8u), CopyOwner.Resolve(root, "web:8"));
        Assert.Throws<EngineException>(() => CopyOwner.Resolve(root, "nobody"));
        Assert.Throws<EngineException>(() => CopyOwner.Resolve(root, "4294967296"));
        Assert.Throws<EngineException>(() => CopyOwner.Resolve(root, "7:2147483648"));
    }

    [Fact]
    public void Digest_ChangesWithWhatIsCopied()
    {
        string before = Digest("dir");
        Assert.Equal(before, Digest("dir"));
        File.SetLastWriteTimeUtc(_context + "/dir/c.txt", DateTime.UnixEpoch);
        Assert.Equal(before, Digest("dir"));
        FileAt.ChangeOwner(null, _context + "/dir/c.txt", 5, 5);
        Assert.Equal(before, Digest("dir"));
        HashSet<string> seen = [before];
        File.WriteAllText(_context + "/dir/c.txt", "other.txt");
        Assert.True(seen.Add(Digest("dir")));
        File.SetUnixFileMode(_context + "/dir/c.txt", UnixFileMode.UserRead);
        Assert.True(seen.Add(Digest("dir")));
        File.Move(_context + "/dir/c.txt", _context + "/dir/cc.txt");
        Assert.True(seen.Add(Digest("dir")));
        Directory.CreateDirectory(_context + "/dir/empty");
        Assert.True(seen.Add(Digest("dir")));
        File.CreateSymbolicLink(_context + "/dir/link", "a");
        Assert.True(seen.Add(Digest("dir")));
        File.Delete(_context + "/dir/link");
        File.CreateSymbolicLink(_context + "/dir/link", "b");
        Assert.True(seen.Add(Digest("dir")));
        Assert.True(seen.Add(Digest("a.txt")));
    }

    [Theory]
    [InlineData("755", 0b_110_100_100, false, 0b_111_101_101)]
    [InlineData("0644", 0b_111_111_111, false, 0b_110_100_100)]
    [InlineData("4755", 0, false, 0b_100_111_101_101)]
    [InlineData("u=rwX,go=rX", 0b_110_000_000, false, 0b_110_100_100)]
    [InlineData("u=rwX,go=rX", 0b_111_000_000, false, 0b_111_101_101)]
    [InlineData("u=rwX,go=rX", 0b_110_000_000, true, 0b_111_101_101)]
    [InlineData("+x", 0b_110_100_100, false, 0b_111_101_101)]
    [InlineData("a-w", 0b_110_110_110, false, 0b_100_100_100)]
    [InlineData("go-rwx,u+s", 0b_111_111_111, false, 0b_100_111_000_000)]
    [InlineData("g=u", 0b_111_000_000, false, 0b_111_111_000)]
    [InlineData("+t", 0b_111_111_111, true, 0b_001_111_111_111)]
    [InlineData("u+r-w", 0b_010_000_000, false, 0b_100_000_000)]
    public void ModeChange_OctalAndSymbolic_AreThoseOfChmod(string change, int before, bool isDirectory, int expected) =>
        Assert.Equal(expected, ModeChange.Parse(change).Apply(before, isDirectory));

    [Theory]
    [InlineData("")]
    [InlineData("888")]
    [InlineData("77777")]
    [InlineData("u")]
    [InlineData("z+x")]
    [InlineData("u=rwq")]
    [InlineData("u=r,")]
    public void ModeChange_Garbage_IsRefused(string change) =>
        Assert.Contains("invalid chmod parameter", Assert.Throws<EngineException>(() => ModeChange.Parse(change)).Message, StringComparison.Ordinal);

    private static void Write(string root, string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName($"{root}/{path}")!);
        File.WriteAllText($"{root}/{path}", text);
    }

    private TargetTree Target(out Fd root)
    {
        root = FileAt.OpenDirectory(null, _root);
        return new TargetTree(root);
    }

    private static FileSelection Select(Fd context, string sources, string? ignore, bool parents, string? excludes, bool keepsOwners) => FileSelection.Select(
        new FileOrigin(context, ignore is null ? IgnorePatterns.None : IgnorePatterns.ParseFile(Encoding.UTF8.GetBytes(ignore.Replace('|', '\n')), "i"), keepsOwners),
        sources.Split(' '),
        new SelectionOptions { Parents = parents, Excludes = excludes is null ? IgnorePatterns.None : IgnorePatterns.Create(excludes.Split('|'), "e") });

    private string Digest(string sources)
    {
        using Fd context = FileAt.OpenDirectory(null, _context);
        using FileSelection selection = Select(context, sources, null, false, null, false);
        return FileSetDigest.Of(selection, ContentHashes.InMemory()).ToString();
    }

    private void Copy(
        string sources, string destination, bool parents = false, string? excludes = null, string? ignore = null, bool keepsOwners = false,
        (uint, uint)? owner = null, string? mode = null, bool unpack = false)
    {
        using Fd context = FileAt.OpenDirectory(null, _context);
        using FileSelection selection = Select(context, sources, ignore, parents, excludes, keepsOwners);
        TargetTree target = Target(out Fd root);
        using (root)
        {
            new FileCopyStep(
                target,
                new BuildDestination { Path = destination, WorkingDirectory = destination.StartsWith("..", StringComparison.Ordinal) ? "/" : "/work", Owner = owner, Mode = mode is null ? null : ModeChange.Parse(mode) },
                keepsOwners).Run(selection, unpack: unpack);
        }
    }

    private IEnumerable<string> Listing() => Directory.EnumerateFileSystemEntries(_root, "*", SearchOption.AllDirectories)
        .Select(path => path[(_root.Length + 1)..] + (Directory.Exists(path) ? "/" : "")).Order(StringComparer.Ordinal);
}
