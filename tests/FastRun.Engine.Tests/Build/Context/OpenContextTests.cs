using System;
using System.Diagnostics;
using System.IO;
using System.IO.Compression;
using System.Formats.Tar;
using System.Linq;
using System.Text;
using FastRun.Engine.Build.Context;
using FastRun.Engine.Build.Files;
using FastRun.Engine.Containers;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Build.Context;

/// <summary>Expected results: docs.docker.com, "Build context".</summary>
public sealed class OpenContextTests : IDisposable
{
    private readonly string _base = Directory.CreateTempSubdirectory("fastrun-context-").FullName;
    private readonly string _context;
    private readonly string _work;

    public OpenContextTests()
    {
        _context = Directory.CreateDirectory(_base + "/context").FullName;
        _work = Directory.CreateDirectory(_base + "/work").FullName;
        Write("Dockerfile", "FROM scratch");
        Write("a.txt", "a");
        Write("sub/b.txt", "b");
    }

    public void Dispose() => TreeRemoval.Delete(null, _base);

    [Fact]
    public void Open_Directory_IsUsedInPlace()
    {
        Write(".dockerignore", "a.txt\n");
        using BuildContext context = Open(_context);
        Assert.Equal("FROM scratch", Encoding.UTF8.GetString(context.Dockerfile.Span));
        Assert.Equal(".dockerignore Dockerfile sub/b.txt", Files(context));
        Assert.Empty(Directory.GetFileSystemEntries(_work));
    }

    [Fact]
    public void Open_NamedDockerfile_HasItsOwnIgnoreFile()
    {
        Write(".dockerignore", "a.txt\n");
        Write("sub/X", "FROM x");
        Write("sub/X.dockerignore", "sub\n");
        Directory.CreateDirectory(_base + "/else");
        File.WriteAllText(_base + "/else/Y", "FROM y");
        File.WriteAllText(_base + "/else/Y.dockerignore", "*\n!a.txt\n");
        using BuildContext x = Open(_context, "sub/X");
        Assert.Equal(("X", ".dockerignore Dockerfile a.txt"), (x.DockerfileName, Files(x)));
        using BuildContext y = Open(_context, _base + "/else/Y");
        Assert.Equal(("FROM y", "a.txt"), (Encoding.UTF8.GetString(y.Dockerfile.Span), Files(y)));
    }

    [Fact]
    public void Open_LowerCaseName_IsFound()
    {
        File.Move(_context + "/Dockerfile", _context + "/dockerfile");
        using BuildContext context = Open(_context);
        Assert.Equal("dockerfile", context.DockerfileName);
    }

    [Fact]
    public void Open_WhatIsNotThere_IsNamedAsDockerDoes()
    {
        File.Delete(_context + "/Dockerfile");
        Assert.Equal("failed to read dockerfile: open Dockerfile: no such file or directory", Assert.Throws<EngineException>(() => Open(_context)).Message);
        Assert.Equal("failed to read dockerfile: open X: no such file or directory", Assert.Throws<EngineException>(() => Open(_context, "X")).Message);
        Assert.Equal($"unable to prepare context: path \"{_base}/no\" not found", Assert.Throws<EngineException>(() => Open(_base + "/no")).Message);
        Assert.Equal($"unable to prepare context: context must be a directory: {_context}/a.txt", Assert.Throws<EngineException>(() => Open(_context + "/a.txt")).Message);
        Assert.Contains("can't use stdin for both", Assert.Throws<EngineException>(() => Open("-", "-")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DockerfileThatIsNoFile_IsRefused()
    {
        File.Delete(_context + "/Dockerfile");
        FileAt.MakeNode(null, _context + "/Dockerfile", FileType.Fifo, 0b_110_000_000, default);
        Assert.Equal("Dockerfile: not a regular file", Assert.Throws<EngineException>(() => Open(_context)).Message);
        File.Delete(_context + "/Dockerfile");
        File.WriteAllText(_base + "/secret", "secret");
        File.CreateSymbolicLink(_context + "/Dockerfile", "../secret");
        Assert.Contains("no such file", Assert.Throws<EngineException>(() => Open(_context)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Open_Tar_IsUnpacked(bool compressed)
    {
        string tar = _base + "/context.tar";
        using (FileStream file = File.Create(tar))
        using (Stream stream = compressed ? new GZipStream(file, CompressionLevel.Fastest) : file)
        {
            TarFile.CreateFromDirectory(_context, stream, includeBaseDirectory: false);
        }

        using BuildContext context = Open(tar);
        Assert.Equal("Dockerfile a.txt sub/b.txt", Files(context));
        Assert.Equal("FROM scratch", Encoding.UTF8.GetString(context.Dockerfile.Span));
    }

    [Theory]
    [InlineData("../../escaped")]
    [InlineData("/../escaped")]
    [InlineData("link/through")]
    [InlineData("device")]
    public void Open_HostileTar_StaysInTheWorkDirectory(string name)
    {
        string tar = _base + "/context.tar";
        string outside = Directory.CreateDirectory(_base + "/outside").FullName;
        using (TarWriter writer = new(File.Create(tar)))
        {
            writer.WriteEntry(new PaxTarEntry(TarEntryType.SymbolicLink, "link") { LinkName = outside });
            writer.WriteEntry(name == "device"
                ? new PaxTarEntry(TarEntryType.BlockDevice, name)
                : new PaxTarEntry(TarEntryType.RegularFile, name) { DataStream = new MemoryStream("x"u8.ToArray()) });
            writer.WriteEntry(new PaxTarEntry(TarEntryType.RegularFile, "Dockerfile") { DataStream = new MemoryStream("FROM x"u8.ToArray()) });
        }

        Exception? failure = Record.Exception(() => Open(tar).Dispose());
        Assert.True(failure is null or FastRun.Layers.LayerException or FastRun.Native.SyscallException, failure?.ToString());
        Assert.True(name is not ("device" or "../../escaped") || failure is not null);
        Assert.Empty(Directory.GetFileSystemEntries(outside));
        Assert.Equal(["context", "context.tar", "outside", "work"], Directory.GetFileSystemEntries(_base).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void OpenNamed_Directory_HasItsIgnoreFile()
    {
        Write(".dockerignore", "*\n!a.txt\n");
        using BuildContext context = new OpenContext(ContainerImageUsers.OpenStore(new StateLayout(_base + "/data", _base + "/run")), Request("unused", null)).OpenNamed("other", _context);
        Assert.Equal("a.txt", Files(context));
    }

    [Fact]
    public void GitCheckout_Commit_RunsNothingOfTheRepository()
    {
        string repository = _base + "/repository";
        string marker = _base + "/ran";
        Git($"init -q -b main {repository}");
        File.WriteAllText(repository + "/f", "one");
        File.WriteAllText(repository + "/.gitattributes", "* filter=evil\n");
        Git($"-C {repository} add .");
        Git($"-C {repository} -c user.name=a -c user.email=a@b commit -q -m one");
        Git($"-C {repository} tag v1");
        Git($"-C {repository} config uploadpack.allowAnySHA1InWant true");
        File.WriteAllText(repository + "/f", "two");
        Git($"-C {repository} -c user.name=a -c user.email=a@b commit -q -a -m two");
        Directory.CreateDirectory(_work + "/main");
        Directory.CreateDirectory(_work + "/tag");
        Directory.CreateDirectory(_work + "/kept");
        Directory.CreateDirectory(_work + "/no");
        GitCheckout checkout = new(protocols: "file");
        string commit = checkout.Run(new GitLocation("file://" + repository, null, ""), _work + "/main", keepGitDirectory: false);
        Assert.Equal(40, commit.Length);
        Assert.Equal("two", File.ReadAllText(_work + "/main/f"));
        Assert.False(Directory.Exists(_work + "/main/.git"));
        checkout.Run(new GitLocation("file://" + repository, "v1", ""), _work + "/tag", keepGitDirectory: false);
        Assert.Equal("one", File.ReadAllText(_work + "/tag/f"));
        checkout.Run(new GitLocation("file://" + repository, commit, ""), _work + "/kept", keepGitDirectory: true);
        Assert.True(Directory.Exists(_work + "/kept/.git"));
        Assert.False(File.Exists(marker));

        // A protocol that is not allowed is not spoken.
        Assert.Throws<EngineException>(() => new GitCheckout().Run(new GitLocation("file://" + repository, null, ""), _work + "/no", keepGitDirectory: false));
        Assert.Throws<EngineException>(() => new GitCheckout(protocols: "file:ext").Run(new GitLocation("ext::touch " + marker, null, ""), _work + "/no", keepGitDirectory: false));
    }

    [Fact]
    public void GitCheckout_PartsOfALocation_AreWhatIsFetched()
    {
        string repository = _base + "/repository";
        string other = _base + "/other";
        Git($"init -q -b main {other}");
        File.WriteAllText(other + "/s", "of the submodule");
        Git($"-C {other} add .");
        Git($"-C {other} -c user.name=a -c user.email=a@b commit -q -m s");
        Git($"init -q -b main {repository}");
        File.WriteAllText(repository + "/f", "one");
        Git($"-C {repository} add .");
        Git($"-C {repository} -c protocol.file.allow=always submodule --quiet add ../other sub");
        Git($"-C {repository} -c user.name=a -c user.email=a@b commit -q -m one");
        Git($"-C {repository} branch side");
        Git($"-C {repository} branch beef");
        File.WriteAllText(repository + "/f", "two");
        Git($"-C {repository} -c user.name=a -c user.email=a@b commit -q -a -m two");
        GitLocation all = new("file://" + repository, null, "");
        string two = Checkout(all, "all", "two");
        Assert.Equal("of the submodule", File.ReadAllText(_work + "/all/sub/s"));
        Assert.False(Directory.Exists(_work + "/all/.git"));
        string one = Checkout(all with { Ref = "refs/heads/side" }, "side", "one");
        Assert.NotEqual(one, two);
        Assert.Equal(one, Checkout(all with { Ref = one[..7] }, "short", "one"));
        Assert.Equal(one, Checkout(all with { Ref = "beef" }, "name", "one"));
        Assert.Equal(two, Checkout(all with { Commit = two[..10] }, "commit", "two"));
        Checkout(all with { Submodules = false, KeepGitDirectory = true }, "bare", "two");
        Assert.False(File.Exists(_work + "/bare/sub/s"));
        Assert.True(Directory.Exists(_work + "/bare/.git"));
        EngineException e = Assert.Throws<EngineException>(() => Checkout(all with { Ref = "side", Commit = two }, "wrong", ""));
        Assert.Contains($"expected checksum to match {two}, got {one}", e.Message, StringComparison.Ordinal);
        Assert.Throws<EngineException>(() => Checkout(all with { Ref = "0000000" }, "missing", ""));
    }

    private string Checkout(GitLocation location, string place, string content)
    {
        Directory.CreateDirectory($"{_work}/{place}");
        string commit = new GitCheckout(protocols: "file").Run(location, $"{_work}/{place}", keepGitDirectory: false);
        Assert.Equal(content, File.ReadAllText($"{_work}/{place}/f"));
        return commit;
    }

    private static void Git(string arguments)
    {
        using Process git = Process.Start(new ProcessStartInfo("git", arguments) { Environment = { ["GIT_CONFIG_GLOBAL"] = "/dev/null" } })!;
        git.WaitForExit();
        Assert.Equal(0, git.ExitCode);
    }

    private static string Files(BuildContext context)
    {
        using FileSelection selection = FileSelection.Select(context.Origin, ["."], new SelectionOptions());
        SelectedTree tree = Assert.Single(selection.Trees);
        return string.Join(' ', tree.Directories.SelectMany(static directory => directory.Entries
            .Select(entry => Encoding.UTF8.GetString([.. directory.Path, .. directory.Path.Length > 0 ? "/"u8 : [], .. entry.Name]))).Order(StringComparer.Ordinal));
    }

    private ContextRequest Request(string context, string? dockerfile) => new() { Context = context, Dockerfile = dockerfile, WorkDirectory = _work };

    private BuildContext Open(string context, string? dockerfile = null) =>
        new OpenContext(ContainerImageUsers.OpenStore(new StateLayout(_base + "/data", _base + "/run")), Request(context, dockerfile)).Open();

    private void Write(string path, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName($"{_context}/{path}")!);
        File.WriteAllText($"{_context}/{path}", text);
    }
}
