using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.Layers.Archives;
using FastRun.Layers.Oci;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Archives;

/// <summary>Trees that overlayfs wrote, as tars: what they hold is read by the class library's reader, and unpacked again by ours.</summary>
public sealed class UpperTarTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly LayerStore _store;
    private readonly string _upper;

    public UpperTarTests()
    {
        _store = new LayerStore(_state.Layout);
        Directory.CreateDirectory(_state.Layout.DataRoot);
        _upper = Directory.CreateDirectory(Path.Combine(_state.Layout.DataRoot, "upper")).FullName;
    }

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Make_FilesLinksAndNodes_SortedAndWhole()
    {
        File.WriteAllText(Path.Combine(_upper, "b"), "content");
        File.SetUnixFileMode(Path.Combine(_upper, "b"), (UnixFileMode)0b_100_111_101_101);
        Directory.CreateDirectory(Path.Combine(_upper, "a/deep"));
        File.CreateSymbolicLink(Path.Combine(_upper, "a/link"), "../b");
        File.WriteAllText(Path.Combine(_upper, "a/deep/" + new string('x', 200)), "");
        FileAt.MakeNode(null, Path.Combine(_upper, "pipe"), FileType.Fifo, 0b_110_000_000, default);

        List<TarEntry> entries = Entries(Settle());

        string[] names = [.. entries.Select(static entry => entry.Name.TrimEnd('/'))];
        Assert.Equal(["a", "a/deep", "a/deep/" + new string('x', 200), "a/link", "b", "pipe"], names.Where(static name => name is not ("." or "./")));
        TarEntry file = entries.Find(static entry => entry.Name == "b")!;
        Assert.Equal("content", Text(file));
        Assert.Equal((UnixFileMode)0b_100_111_101_101, file.Mode);
        Assert.Equal("../b", entries.Find(static entry => entry.Name == "a/link")!.LinkName);
        Assert.Equal(TarEntryType.Fifo, entries.Find(static entry => entry.Name == "pipe")!.EntryType);
    }

    [Fact]
    public void Make_WhiteoutsAndOpaqueDirectories_BecomeMarks()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "only root makes whiteouts");
        Directory.CreateDirectory(Path.Combine(_upper, "dir"));
        FileAt.MakeNode(null, Path.Combine(_upper, "dir/gone"), FileType.CharacterDevice, 0, default);
        FileAt.MakeNode(null, Path.Combine(_upper, "top"), FileType.CharacterDevice, 0, default);
        Directory.CreateDirectory(Path.Combine(_upper, "opaque"));
        File.WriteAllText(Path.Combine(_upper, "opaque/own"), "2");
        using (Fd opened = FileAt.OpenDirectory(null, _upper))
        {
            ExtendedAttributes.Set(opened, "opaque"u8, Overlay.OpaqueAttribute, "y"u8);
        }

        Digest diffId = Settle();
        List<TarEntry> entries = Entries(diffId);

        string[] names = [.. entries.Select(static entry => entry.Name)];
        Assert.Contains("dir/.wh.gone", names);
        Assert.Contains(".wh.top", names);
        Assert.Contains("opaque/.wh..wh..opq", names);
        Assert.All(entries.Where(static entry => entry.Name.Contains(".wh.", StringComparison.Ordinal)), static entry => Assert.Equal((TarEntryType.RegularFile, 0L), (entry.EntryType, entry.Length)));
        Assert.DoesNotContain(entries, static entry => entry.EntryType == TarEntryType.CharacterDevice);
        Assert.DoesNotContain(entries, static entry => entry is PaxTarEntry pax && pax.ExtendedAttributes.Keys.Any(static key => key.Contains("overlay", StringComparison.Ordinal)));
        Assert.Equal(["", "dir"], _store.ReadExisting(Assert.Single(Ids())).Leanings!.WhiteoutParents.Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Make_HardLinks_AreOneFile()
    {
        File.WriteAllText(Path.Combine(_upper, "first"), "shared");
        TestCommand.Run("ln", Path.Combine(_upper, "first"), Path.Combine(_upper, "second"));

        List<TarEntry> entries = Entries(Settle());

        Assert.Equal("shared", Text(entries.Find(static entry => entry.Name == "first")!));
        TarEntry second = entries.Find(static entry => entry.Name == "second")!;
        Assert.Equal((TarEntryType.HardLink, "first"), (second.EntryType, second.LinkName));
    }

    [Fact]
    public void Make_NameThatMeansADeletion_IsRefusedAndNothingStays()
    {
        File.WriteAllText(Path.Combine(_upper, ".wh.file"), "x");
        string layer = Place();

        LayerException refused = Assert.Throws<LayerException>(() => LocalLayers.Settle(_store, layer, TestContext.Current.CancellationToken));

        Assert.Contains(".wh.file", refused.Message, StringComparison.Ordinal);
        Assert.True(_store.IsPending(layer));
        Assert.Equal(["fs", "layer.json"], Directory.EnumerateFileSystemEntries(_state.Layout.Layer(layer)).Select(Path.GetFileName).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Make_GivenUp_NothingStaysAndTheNextOneMakesIt()
    {
        File.WriteAllText(Path.Combine(_upper, "file"), "x");
        string layer = Place();
        using CancellationTokenSource stop = new();
        stop.Cancel();

        Assert.ThrowsAny<OperationCanceledException>(() => LocalLayers.Settle(_store, layer, stop.Token));

        Assert.True(_store.IsPending(layer));
        Digest diffId = LocalLayers.Settle(_store, layer, TestContext.Current.CancellationToken);
        Assert.Equal(diffId, LocalLayers.Settle(_store, layer, TestContext.Current.CancellationToken));
        Assert.Contains(Entries(diffId), static entry => entry.Name == "file");
    }

    private string Place()
    {
        string layer = _store.Reserve();
        _store.Place(layer, _upper);
        return layer;
    }

    private Digest Settle() => LocalLayers.Settle(_store, Place(), TestContext.Current.CancellationToken);

    private IEnumerable<string> Ids() => Directory.EnumerateDirectories(_state.Layout.Layers).Select(static path => Path.GetFileName(path)!).Where(static name => name[0] != '_');

    /// <summary>The entries of the only layer's tar, whose digest was told.</summary>
    private List<TarEntry> Entries(Digest diffId)
    {
        LayerTar tar = new(_store, Assert.Single(Ids()));
        Assert.Equal(diffId, tar.DiffId);
        using MemoryStream bytes = new();
        tar.WriteTo(bytes);
        Assert.Equal(tar.Size, bytes.Length);
        bytes.Position = 0;
        using TarReader reader = new(bytes);
        List<TarEntry> entries = [];
        while (reader.GetNextEntry(copyData: true) is { } entry)
        {
            entries.Add(entry);
        }

        return entries;
    }

    private static string Text(TarEntry entry) => new StreamReader(entry.DataStream!).ReadToEnd();
}
