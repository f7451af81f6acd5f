using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading.Tasks;
using FastRun.Engine.Errors;
using FastRun.Engine.Volumes;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Tests.Volumes;

public sealed class VolumeStoreTests : IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-volumes-").FullName;
    private readonly StateLayout _layout;
    private readonly VolumeStore _store;

    public VolumeStoreTests()
    {
        _layout = new StateLayout(Path.Combine(_directory, "data"), Path.Combine(_directory, "run"));
        _store = new VolumeStore(_layout);
    }

    public void Dispose() => TreeRemoval.Delete(null, _directory);

    [Fact]
    public void Open_NewName_MakesItWithItsRecord()
    {
        using Volume volume = _store.Open("cache", new Dictionary<string, string> { ["owner"] = "ci" });
        string data = Path.Combine(_layout.Volumes, "cache", "_data");
        Assert.Equal("/cache/_data", Resolve(volume.Data)[_layout.Volumes.Length..]);
        Assert.Equal(0b111_101_101, (int)File.GetUnixFileMode(data));
        VolumeSummary summary = Assert.Single(_store.List());
        Assert.Equal(("cache", "local", data), (summary.Name, summary.Driver, summary.Mountpoint));
        Assert.Equal("ci", summary.Labels["owner"]);
        Assert.InRange(summary.CreatedAt, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow);
        Assert.Empty(Directory.EnumerateFileSystemEntries(_layout.Staging));
    }

    [Fact]
    public void Open_ExistingName_FindsItsFiles()
    {
        _store.Open("cache").Dispose();
        File.WriteAllText(Path.Combine(_layout.Volumes, "cache", "_data", "f"), "kept");
        using Volume again = _store.Open("cache", new Dictionary<string, string> { ["ignored"] = "x" });
        Assert.Equal("kept", File.ReadAllText(Path.Combine(Resolve(again.Data), "f")));
        Assert.Empty(_store.Find("cache")!.Labels);
    }

    [Theory]
    [InlineData("..")]
    [InlineData("a/b")]
    [InlineData("")]
    [InlineData(".hidden")]
    [InlineData("x")]
    public void Open_InvalidName_IsRefused(string name)
    {
        Assert.Equal(ErrorKind.InvalidArgument, Assert.Throws<EngineException>(() => _store.Open(name)).Kind);
        Assert.False(Directory.Exists(_layout.Volumes));
    }

    [Fact]
    public void Open_ManyAtOnce_AllGetTheSame()
    {
        string[] places = new string[32];
        Parallel.For(0, places.Length, i =>
        {
            using Volume volume = new VolumeStore(_layout).Open("shared");
            places[i] = FileAt.Stat(volume.Data).Inode.ToString(System.Globalization.CultureInfo.InvariantCulture);
        });
        Assert.Single(places.Distinct());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_layout.Staging));
    }

    [Fact]
    public void Open_RecordIsMissing_SaysSoInsteadOfTryingForEver()
    {
        Directory.CreateDirectory(Path.Combine(_layout.Volumes, "broken", "_data"));
        EngineException exception = Assert.Throws<EngineException>(() => _store.Open("broken"));
        Assert.Equal(ErrorKind.CorruptContent, exception.Kind);
        Assert.Contains("volume.json", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_DataIsASymbolicLink_IsRefused()
    {
        _store.Open("cache").Dispose();
        string data = Path.Combine(_layout.Volumes, "cache", "_data");
        Directory.Delete(data);
        File.CreateSymbolicLink(data, "/etc");
        Assert.Throws<EngineException>(() => _store.Open("cache"));
    }

    [Fact]
    public void Find_RecordIsGarbage_IsCorrupt()
    {
        _store.Open("cache").Dispose();
        File.WriteAllText(Path.Combine(_layout.Volumes, "cache", "volume.json"), "{");
        Assert.Equal(ErrorKind.CorruptContent, Assert.Throws<EngineException>(() => _store.Find("cache")).Kind);
    }

    [Fact]
    public void Remove_InUse_IsAConflictUntilReleased()
    {
        Volume volume = _store.Open("cache");
        Assert.Equal(ErrorKind.Conflict, Assert.Throws<EngineException>(() => _store.Remove("cache")).Kind);
        volume.Dispose();
        _store.Remove("cache");
        Assert.Empty(_store.List());
        Assert.Empty(Directory.EnumerateFileSystemEntries(_layout.Trash));
        Assert.Equal(ErrorKind.NotFound, Assert.Throws<EngineException>(() => _store.Remove("cache")).Kind);
    }

    [Fact]
    public void OpenAndRemove_AtOnce_NobodyGetsARemovedVolume()
    {
        Parallel.For(0, 200, i =>
        {
            if (i % 4 == 0)
            {
                try
                {
                    _store.Remove("busy");
                }
                catch (EngineException exception) when (exception.Kind is ErrorKind.Conflict or ErrorKind.NotFound)
                {
                }

                return;
            }

            using Volume volume = _store.Open("busy");
            Assert.Equal(Path.Combine(_layout.Volumes, "busy", "_data"), Resolve(volume.Data));
        });
    }

    [Fact]
    public void OpenAnonymous_TwoOfOneContainer_AreSeparateAndGoTogether()
    {
        Directory.CreateDirectory(_layout.Container("c1"));
        using (Volume first = _store.OpenAnonymous("c1", 0))
        using (Volume second = _store.OpenAnonymous("c1", 1))
        {
            Assert.NotEqual(Resolve(first.Data), Resolve(second.Data));
            Assert.StartsWith(_layout.Container("c1"), Resolve(first.Data), StringComparison.Ordinal);
        }

        _store.RemoveAnonymous("c1");
        Assert.Empty(Directory.EnumerateFileSystemEntries(_layout.Container("c1")));
    }

    private static string Resolve(Fd descriptor) => new FileInfo($"/proc/self/fd/{descriptor.Number}").LinkTarget!;
}
