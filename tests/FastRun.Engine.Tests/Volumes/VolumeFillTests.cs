using System;
using System.Diagnostics;
using System.IO;
using System.Threading.Tasks;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Volumes;

/// <summary>Docker's copy-up: an empty volume takes what the image has at its path.</summary>
public sealed class VolumeFillTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-fill-").FullName;
    private readonly string _image;
    private readonly string _volume;
    private readonly string _data;
    private readonly VolumeStore _store;
    private readonly Fd _root;

    public VolumeFillTests()
    {
        StateLayout layout = new(Path.Combine(_directory, "data"), Path.Combine(_directory, "run"));
        _store = new VolumeStore(layout);
        _volume = Path.Combine(layout.Volumes, "v1");
        _data = Path.Combine(_volume, "_data");
        _image = Path.Combine(_directory, "image");
        Directory.CreateDirectory(_image);
        _root = FileAt.OpenDirectory(null, _image);
    }

    public void Dispose()
    {
        _root.Dispose();
        TreeRemoval.Delete(null, _directory);
    }

    [Fact]
    public void FillIfEmpty_TreeOfEveryKind_KeepsAllOfIt()
    {
        if (Environment.UserName != "root")
        {
            Assert.Skip("making devices and owners needs root");
        }

        Shell($"""
            mkdir -p {_image}/srv/d/deep && cd {_image}/srv
            echo text > f && chown 12:34 f && chmod 4750 f
            ln f d/hard && ln -s ../../../etc/passwd link && ln -s /nowhere d/dangling
            mknod null c 1 3 && mkfifo pipe && truncate -s 1M d/sparse && echo x >> d/sparse
            setcap cap_net_raw+ep d/sparse
            chown 5:6 d && chmod 1777 d && touch -h -d 2001-02-03T04:05:06 f link d/deep d
            chown 7:8 . && chmod 2755 . && touch -d 2002-03-04T05:06:07 .
            """);
        using Fd source = FileAt.OpenDirectory(_root, "srv");
        ExtendedAttributes.Set(source, "f"u8, "user.note", "hello"u8);
        ExtendedAttributes.Set(source, "link"u8, "trusted.note", "of the link"u8);
        ExtendedAttributes.Set(source, "d"u8, "trusted.overlay.opaque", "y"u8);
        Fill("/srv");
        const string listing = "find . -printf '%P %y %m %U:%G %s %l %T+ %n\\n' | grep -v '^d/deep/' | sort; getcap -r .; find . -type f -exec sha256sum '{}' + | sort";
        Assert.Equal(Shell($"cd {_image}/srv && {listing}"), Shell($"cd {_data} && {listing}"));
        using Fd data = FileAt.OpenDirectory(null, _data);
        Assert.Equal("hello"u8.ToArray(), ExtendedAttributes.Get(data, "f"u8, "user.note"));
        Assert.Equal("of the link"u8.ToArray(), ExtendedAttributes.Get(data, "link"u8, "trusted.note"));
        Assert.Null(ExtendedAttributes.Get(data, "d"u8, "trusted.overlay.opaque"));
        Assert.Equal("1:3", Shell($"stat -c %t:%T {_data}/null").Trim());
        Assert.Equal(Shell($"stat -c %i {_data}/f"), Shell($"stat -c %i {_data}/d/hard"));
        Assert.True(int.Parse(Shell($"stat -c %b {_data}/d/sparse"), null) < 100, "the hole was written out");
        Assert.Equal(["_data", "fill.lock", "volume.json"], Names());
    }

    [Fact]
    public void FillIfEmpty_VolumeWithAFile_IsLeftAlone()
    {
        Write("srv/f", "image");
        _store.Open("v1").Dispose();
        File.WriteAllText(Path.Combine(_data, "mine"), "volume");
        Fill("/srv");
        Assert.Equal("mine", Path.GetFileName(Assert.Single(Directory.EnumerateFileSystemEntries(_data))));
    }

    [Fact]
    public void FillIfEmpty_EmptyDirectory_GivesItsAttributes()
    {
        Directory.CreateDirectory(Path.Combine(_image, "srv"));
        File.SetUnixFileMode(Path.Combine(_image, "srv"), (UnixFileMode)0b111_000_101);
        Fill("/srv");
        Assert.Equal(0b111_000_101, (int)File.GetUnixFileMode(_data));
    }

    [Theory]
    [InlineData("/missing")]
    [InlineData("/file")]
    [InlineData("/loop")]
    public void FillIfEmpty_NoDirectoryInTheImage_LeavesTheVolumeEmpty(string path)
    {
        Write("file", "x");
        File.CreateSymbolicLink(Path.Combine(_image, "loop"), "loop");
        Fill(path);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_data));
    }

    /// <summary>CVE-2022-23648: an image's volume path that leads out of the image must not copy what the host has there.</summary>
    [Theory]
    [InlineData("/etc")]
    [InlineData("../../../../../../../../etc")]
    [InlineData("/proc/self/root/etc")]
    public void FillIfEmpty_SymbolicLinkToTheHost_CopiesTheImagesOwn(string target)
    {
        File.CreateSymbolicLink(Path.Combine(_image, "vol"), target);
        Write("etc/own", "of the image");
        Fill("/vol");
        Assert.Equal(
            target.StartsWith("/proc", StringComparison.Ordinal) ? [] : [Path.Combine(_data, "own")],
            Directory.EnumerateFileSystemEntries(_data));
    }

    [Fact]
    public void FillIfEmpty_ManyAtOnce_FillsOnce()
    {
        for (int i = 0; i < 50; i++)
        {
            Write($"srv/f{i}", $"{i}");
        }

        Parallel.For(0, 16, _ => Fill("/srv"));
        Assert.Equal(50, Directory.GetFiles(_data).Length);
        Assert.Equal(["_data", "fill.lock", "volume.json"], Names());
    }

    [Fact]
    public void FillIfEmpty_AfterAKillWhileCopying_StartsAgain()
    {
        Write("srv/f", "image");
        _store.Open("v1").Dispose();
        Directory.CreateDirectory(Path.Combine(_volume, "fill-unfinished"));
        File.WriteAllText(Path.Combine(_volume, "fill-unfinished", "half"), "");
        Fill("/srv");
        Assert.Equal("f", Path.GetFileName(Assert.Single(Directory.EnumerateFileSystemEntries(_data))));
        Assert.Equal(["_data", "fill.lock", "volume.json"], Names());
    }

    [Fact]
    public void Open_AfterAKillWhileMoving_CompletesTheFill()
    {
        _store.Open("v1").Dispose();
        File.WriteAllText(Path.Combine(_data, "moved"), "first");
        Directory.CreateDirectory(Path.Combine(_volume, "fill"));
        File.WriteAllText(Path.Combine(_volume, "fill", "rest"), "second");
        _store.Open("v1").Dispose();
        Assert.Equal("first", File.ReadAllText(Path.Combine(_data, "moved")));
        Assert.Equal("second", File.ReadAllText(Path.Combine(_data, "rest")));
        Assert.Equal(["_data", "fill.lock", "volume.json"], Names());
    }

    [Theory]
    [InlineData("a/b")]
    [InlineData("link")]
    [InlineData("a/../up/a/b")]
    public void FillIfEmpty_DirectoryInTheVolume_IsFilledAloneAndInPlace(string below)
    {
        Write("srv/f", "image");
        File.SetUnixFileMode(Path.Combine(_image, "srv"), (UnixFileMode)0b111_000_101);
        MakeBelow();
        string before = Shell($"stat -c %i {_data}/a/b");
        Fill("/srv", below);
        Fill("/srv", below);
        Assert.Equal("image", File.ReadAllText(Path.Combine(_data, "a/b/f")));
        Assert.Equal(0b111_000_101, (int)File.GetUnixFileMode(Path.Combine(_data, "a/b")));
        Assert.Equal(before, Shell($"stat -c %i {_data}/a/b"));
        Assert.Equal(["a", "link", "out", "up"], NamesIn(_data));
        Assert.Equal(["_data", "fill.lock", "volume.json"], Names());
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("out")]
    [InlineData("a")]
    public void FillIfEmpty_DirectoryInTheVolumeThatIsNotThereOrHasSomething_IsLeftAlone(string below)
    {
        Write("srv/f", "image");
        MakeBelow();
        string all = Shell($"cd {_directory} && find . -type f | sort");
        Fill("/srv", below);
        Assert.Equal(all, Shell($"cd {_directory} && find . -type f | sort"));
        Assert.Equal(["_data", "volume.json"], Names());
    }

    [Fact]
    public void Open_AfterAKillWhileMovingIntoADirectory_CompletesTheFill()
    {
        MakeBelow();
        Directory.CreateDirectory(Path.Combine(_volume, "fill"));
        File.WriteAllText(Path.Combine(_volume, "fill", "rest"), "second");
        File.CreateSymbolicLink(Path.Combine(_volume, "fill-into"), "a/b");
        _store.Open("v1").Dispose();
        Assert.Equal("second", File.ReadAllText(Path.Combine(_data, "a/b/rest")));
        Assert.Equal(["a", "link", "out", "up"], NamesIn(_data));
        Assert.Equal(["_data", "fill.lock", "volume.json"], Names());
    }

    [Fact]
    public void Open_AfterAKillWhileMovingIntoADirectoryThatIsGone_ForgetsTheFill()
    {
        _store.Open("v1").Dispose();
        Directory.CreateDirectory(Path.Combine(_volume, "fill"));
        File.WriteAllText(Path.Combine(_volume, "fill", "rest"), "second");
        File.CreateSymbolicLink(Path.Combine(_volume, "fill-into"), "gone");
        _store.Open("v1").Dispose();
        Assert.Empty(NamesIn(_data));
        Assert.Equal(["_data", "fill.lock", "volume.json"], Names());
    }

    /// <summary>A kill before the copy was whole: what it was for is not what the next one is for.</summary>
    [Fact]
    public void FillIfEmpty_AfterAKillWhileCopyingForADirectory_FillsWhatIsAskedForNow()
    {
        Write("srv/f", "image");
        _store.Open("v1").Dispose();
        Directory.CreateDirectory(Path.Combine(_volume, "fill-unfinished"));
        File.CreateSymbolicLink(Path.Combine(_volume, "fill-into"), "elsewhere");
        Fill("/srv");
        Assert.Equal(["f"], NamesIn(_data));
        Assert.Equal(["_data", "fill.lock", "volume.json"], Names());
    }

    [Fact]
    public void FillIfEmpty_FailsHalfWay_LeavesTheVolumeEmpty()
    {
        // A tree deeper than any path can name.
        string at = Path.Combine(_image, "srv");
        Directory.CreateDirectory(at);
        Fd directory = FileAt.OpenDirectory(null, at);
        for (int i = 0; i < 2100; i++)
        {
            FileAt.MakeDirectory(directory, "d", 0b111_101_101);
            Fd below = FileAt.OpenDirectory(directory, "d");
            directory.Dispose();
            directory = below;
        }

        directory.Dispose();
        Assert.Equal(Errno.ENAMETOOLONG, Assert.Throws<SyscallException>(() => Fill("/srv")).Errno);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_data));
        Assert.Equal(["_data", "fill.lock", "volume.json"], Names());
    }

    private void Fill(string path, string below = ".")
    {
        using Volume volume = _store.Open("v1");
        volume.FillIfEmpty(_root, path, below);
    }

    /// <summary>An empty directory in the volume, a link to it, and one that leads out.</summary>
    private void MakeBelow()
    {
        _store.Open("v1").Dispose();
        Directory.CreateDirectory(Path.Combine(_data, "a/b"));
        Directory.CreateDirectory(Path.Combine(_directory, "outside"));
        File.CreateSymbolicLink(Path.Combine(_data, "link"), "a/b");
        File.CreateSymbolicLink(Path.Combine(_data, "up"), "..");
        File.CreateSymbolicLink(Path.Combine(_data, "out"), Path.Combine(_directory, "outside"));
    }

    private void Write(string name, string text)
    {
        string path = Path.Combine(_image, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    private string[] Names() => NamesIn(_volume);

    private static string[] NamesIn(string directory)
    {
        string[] names = [.. System.Linq.Enumerable.Select(Directory.EnumerateFileSystemEntries(directory), Path.GetFileName)!];
        Array.Sort(names, StringComparer.Ordinal);
        return names;
    }

    private static string Shell(string script)
    {
        using Process process = Process.Start(
            new ProcessStartInfo("/bin/sh", ["-ec", script]) { RedirectStandardOutput = true })!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
        return output;
    }
}
