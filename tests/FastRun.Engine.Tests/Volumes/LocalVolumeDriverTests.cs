using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Engine.Errors;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Volumes;

public sealed class LocalVolumeDriverTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-driver-").FullName;
    private readonly VolumeStore _store;

    public LocalVolumeDriverTests() =>
        _store = new VolumeStore(new StateLayout(Path.Combine(_directory, "data"), Path.Combine(_directory, "run")));

    public void Dispose() => TreeRemoval.Delete(null, _directory);

    [Theory]
    [InlineData("foo=1", "invalid option: \"foo\"")]
    [InlineData("type=tmpfs", "missing required option: \"device\"")]
    [InlineData("device=/x", "missing required option: \"type\"")]
    [InlineData("o=bind", "missing required option: \"device\"")]
    [InlineData("size=1g", "quota size requested but no quota support")]
    [InlineData("size=x", "invalid size: 'x'")]
    [InlineData("type=nfs device=:/x o=addr=192.0.2.1", "volumes of type 'nfs' are not supported")]
    [InlineData("type=ext4 device=/dev/sda o=bind", "volumes of type 'ext4' are not supported")]
    [InlineData("type=none device=/x", "volumes of type 'none' are not supported")]
    [InlineData("type=none device=x o=bind", "invalid device 'x': a bind needs an absolute path")]
    [InlineData("type=none device=/x o=bind,nosuch", "invalid mount option 'nosuch' of a bind: there are bind, rbind, ro and rw")]
    [InlineData("type=tmpfs device=tmpfs o=nosuch", "invalid tmpfs option [\"nosuch\"]")]
    public void Open_ImpossibleOptions_AreRefusedAndNothingIsMade(string options, string message)
    {
        EngineException exception = Assert.Throws<EngineException>(() => _store.Open("vol", null, Options(options)));
        Assert.Equal("create vol: " + message, exception.Message);
        Assert.Empty(_store.List());
    }

    [Fact]
    public void Open_Bind_IsThatDirectory_AndRemovalLeavesIt()
    {
        string host = Directory.CreateDirectory(Path.Combine(_directory, "host")).FullName;
        File.WriteAllText(Path.Combine(host, "file"), "of the host");
        using (Volume volume = _store.Open("vol", null, Options($"type=none device={host} o=bind")))
        {
            Assert.True(volume.IsMount);
            Assert.Equal("of the host", Read(volume, "file"));
            Assert.Equal(Errno.None, FileAt.TryMakeDirectory(volume.Data, "made", 0x1ED));
        }

        Assert.Equal("none", _store.Find("vol")!.Options["type"]);
        _store.Remove("vol");
        Assert.Equal(["file", "made"], Directory.EnumerateFileSystemEntries(host).Select(Path.GetFileName).Order());
    }

    [Fact]
    public void Open_ReadOnlyBind_CannotBeWritten()
    {
        string host = Directory.CreateDirectory(Path.Combine(_directory, "host")).FullName;
        using Volume volume = _store.Open("vol", null, Options($"type=none device={host} o=rbind,ro"));
        Assert.Equal(Errno.EROFS, FileAt.TryMakeDirectory(volume.Data, "made", 0x1ED));
    }

    [Fact]
    public void Open_BindOfNothing_IsAnErrorEachTime_AndTheVolumeStays()
    {
        Dictionary<string, string> options = Options($"type=none device={_directory}/missing o=bind");
        _store.Reserve("vol", null, options).Dispose();
        EngineException exception = Assert.Throws<EngineException>(() => _store.Open("vol"));
        Assert.Equal($"failed to mount local volume: mount {_directory}/missing: No such file or directory", exception.Message, ignoreCase: true);
        Assert.Equal(ErrorKind.NotFound, exception.Kind);
        Assert.Single(_store.List());
    }

    [Fact]
    public void Open_Tmpfs_IsMemoryOfItsSize_ForOneUserAtATime()
    {
        Dictionary<string, string> options = Options("type=tmpfs device=tmpfs o=size=1m,mode=0700");
        using (Volume volume = _store.Open("vol", null, options))
        {
            Assert.Equal(0x1C0, FileAt.Stat(volume.Data).Permissions);
            using (Fd file = FileAt.Open(volume.Data, "f", OpenFlags.Write | OpenFlags.Create, 0x1A4))
            {
                SyscallException full = Assert.Throws<SyscallException>(() => FileContent.Write(file, new byte[2 << 20]));
                Assert.Equal(Errno.ENOSPC, full.Errno);
            }

            Assert.Equal(ErrorKind.Conflict, Assert.Throws<EngineException>(() => _store.Open("vol")).Kind);
        }

        using Volume again = _store.Open("vol");
        Assert.Equal(Errno.ENOENT, FileAt.TryStat(again.Data, "f", out _));
    }

    [Fact]
    public void FillIfEmpty_Tmpfs_TakesTheImagesFilesEachTime()
    {
        Directory.CreateDirectory(Path.Combine(_directory, "image", "data"));
        File.WriteAllText(Path.Combine(_directory, "image", "data", "seed"), "seed");
        using Fd image = FileAt.OpenDirectory(null, Path.Combine(_directory, "image"));
        for (int i = 0; i < 2; i++)
        {
            using Volume volume = _store.Open("vol", null, Options("type=tmpfs device=tmpfs"));
            volume.FillIfEmpty(image, "/data");
            Assert.Equal("seed", Read(volume, "seed"));
        }
    }

    private static string Read(Volume volume, string name)
    {
        using Fd file = FileAt.Open(volume.Data, name, OpenFlags.Read);
        return System.Text.Encoding.UTF8.GetString(FileContent.ReadAll(file, 100));
    }

    private static Dictionary<string, string> Options(string text) => text.Split(' ')
        .ToDictionary(pair => pair[..pair.IndexOf('=', StringComparison.Ordinal)], pair => pair[(pair.IndexOf('=', StringComparison.Ordinal) + 1)..]);
}
