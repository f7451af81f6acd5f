using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.Layers.Images;
using FastRun.Layers.References;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Images;

/// <summary>What images occupy, and how the store is kept within a limit.</summary>
public sealed class ImageEvictionTests : IDisposable
{
    private static readonly byte[] s_shared = TestLayout.LayerTar("shared", new string('s', 1000));

    private readonly TemporaryState _state = new();
    private readonly TestLayout _layout;
    private readonly ImageStore _store;

    public ImageEvictionTests()
    {
        _layout = new TestLayout(_state.File("ci"));
        _store = new ImageStore(_state.Layout);
    }

    public void Dispose() => _state.Dispose();

    [Fact]
    public void MeasureUsage_SharedLayer_IsCountedOnce()
    {
        Add("one", 10);
        Add("two", 20);
        StoreUsage usage = _store.MeasureUsage();
        Assert.Equal(1030, usage.Size);
        Assert.Equal(1030, usage.Reclaimable);
        Assert.Equal([(1000L, 10L, 0), (1000L, 20L, 0)], usage.Images.Select(i => (i.SharedSize, i.UniqueSize, i.Users)).Order());

        using ImageLease lease = Open("one");
        usage = _store.MeasureUsage();
        Assert.Equal(20, usage.Reclaimable);
        Assert.Equal(1, Assert.Single(usage.Images, image => image.Id == lease.Record.ImageId).Users);
    }

    [Fact]
    public void Evict_LeastRecentlyUsedFirst_UntilItFits()
    {
        Add("old", 100);
        Add("older", 200);
        Add("new", 300);
        Used("older", hours: 5);
        Used("old", hours: 4);
        Used("new", hours: 3);

        EvictionReport report = _store.Evict(1450);

        Assert.Equal(["localhost/ci:older"], report.Evicted);
        Assert.Equal(1400, report.Size);
        Assert.Equal(1400, _store.MeasureUsage().Size);
        Assert.Equal(["new", "old"], _store.List().Select(image => image.Tag).Order());
        Assert.Equal(3, Directory.EnumerateDirectories(_state.Layout.Layers).Count(path => !path.EndsWith("_diffs", StringComparison.Ordinal)));
    }

    [Fact]
    public void Evict_ImageInUse_Stays()
    {
        Add("old", 100);
        Add("new", 200);
        Used("old", hours: 5);
        Used("new", hours: 4);
        using ImageLease lease = Open("old");
        Used("old", hours: 5);

        EvictionReport report = _store.Evict(0);

        Assert.Equal(["localhost/ci:new"], report.Evicted);
        Assert.Equal(1100, report.Size);
        Assert.True(File.Exists(Path.Combine(_state.Layout.LayerTree(lease.Record.LayerIds[0]), "file")));
    }

    [Fact]
    public void Evict_LoadUnderWay_LayersGoWithTheNextCollection()
    {
        Add("t", 100);
        using (FileLock.Acquire(null, _state.Layout.LayersLock, FileLockMode.Shared))
        {
            Assert.Equal(0, _store.Evict(0).Size);
            Assert.Empty(_store.List());
            Assert.Equal(3, Directory.EnumerateDirectories(_state.Layout.Layers).Count());
        }

        Assert.Equal(2, _store.CollectGarbage().Layers);
    }

    [Fact]
    public void Evict_WithinTheLimit_DoesNothing()
    {
        Add("t", 100);

        Assert.Empty(_store.Evict(1100).Evicted);
        Assert.Single(_store.List());
    }

    [Fact]
    public void Open_AfterSomeTime_NotesTheUseOnce()
    {
        Add("t", 100);
        Used("t", hours: 5);
        FileTime before = Status("t").Modified;

        Open("t").Dispose();
        FileTime first = Status("t").Modified;
        Open("t").Dispose();

        Assert.InRange(first.Seconds - before.Seconds, (5 * 3600) - 120, (5 * 3600) + 120);
        Assert.Equal(first, Status("t").Modified);
    }

    [Fact]
    public void Load_LimitIsReached_TheLeastRecentlyUsedGoes()
    {
        Add("old", 100);
        Add("new", 200);
        Used("old", hours: 5);
        Used("new", hours: 4);
        _layout.List(_layout.AddManifest([s_shared, TestLayout.LayerTar("file", new string('x', 300))]), "next");
        ImageStore limited = new(new StateLayout(_state.Layout.DataRoot, _state.Layout.RunRoot) { ImageLimit = 1600 });

        limited.Open(ImageLocation.Parse($"oci:{_layout.Path}:next")).Dispose();

        Assert.DoesNotContain(_store.List(), image => image.Tag == "old");
        Assert.Contains(_store.List(), image => image.Tag == "next");
        Assert.InRange(_store.MeasureUsage().Size, 0, 1600);
    }

    [Fact]
    public void Load_LayersThatAnEarlierEvictionLeft_AreDeletedAfterIt()
    {
        Add("old", 100);
        using (FileLock.Acquire(null, _state.Layout.LayersLock, FileLockMode.Shared))
        {
            _store.Evict(0);
        }

        _layout.List(_layout.AddManifest([TestLayout.LayerTar("file", "x")]), "next");
        ImageStore limited = new(new StateLayout(_state.Layout.DataRoot, _state.Layout.RunRoot) { ImageLimit = 100_000 });
        using ImageLease lease = limited.Open(ImageLocation.Parse($"oci:{_layout.Path}:next"));

        Assert.Equal(
            ["_diffs", lease.Record.LayerIds[0]],
            Directory.EnumerateDirectories(_state.Layout.Layers).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).OrderByDescending(name => name == "_diffs"));
    }

    [Fact]
    public void Load_BlobsBeyondTheLimit_FailsAndEvictsNothing()
    {
        Add("old", 100);
        _layout.List(_layout.AddManifest([TestLayout.LayerTar("file", "x")]), "next");
        ImageStore limited = new(new StateLayout(_state.Layout.DataRoot, _state.Layout.RunRoot) { ImageLimit = 10 });

        LayerException thrown = Assert.Throws<LayerException>(
            () => limited.Open(ImageLocation.Parse($"oci:{_layout.Path}:next")));

        Assert.Equal(LayerErrorKind.DiskFull, thrown.Kind);
        Assert.Contains("storage limit", thrown.Message, StringComparison.Ordinal);
        Assert.Single(_store.List());
    }

    [Fact]
    public void Evict_WhileOthersLoadAndUse_EveryLeaseIsWhole()
    {
        string[] tags = ["a", "b", "c", "d"];
        foreach ((int index, string tag) in tags.Index())
        {
            _layout.List(_layout.AddManifest([s_shared, TestLayout.LayerTar("file", new string('x', index + 1))]), tag);
        }

        ConcurrentQueue<Exception> failures = [];
        using CancellationTokenSource done = new();
        Thread evictor = Worker(failures, () =>
        {
            while (!done.IsCancellationRequested)
            {
                new ImageStore(_state.Layout).Evict(0);
            }
        });
        List<Thread> users = [.. Enumerable.Range(0, 4).Select(index => Worker(failures, () =>
        {
            for (int i = 0; i < 8; i++)
            {
                int which = (index + i) % tags.Length;
                using ImageLease lease = new ImageStore(_state.Layout).Open(ImageLocation.Parse($"oci:{_layout.Path}:{tags[which]}"));
                Assert.All(lease.Record.LayerIds, layer => Assert.True(Directory.Exists(_state.Layout.LayerTree(layer))));
                Assert.Equal(
                    new string('x', which + 1), File.ReadAllText(Path.Combine(_state.Layout.LayerTree(lease.Record.LayerIds[0]), "file")));
            }
        }))];
        users.ForEach(thread => thread.Join());
        done.Cancel();
        evictor.Join();

        Assert.Empty(failures);
        _store.Evict(0);
        _store.CollectGarbage();
        Assert.Equal(["_diffs"], Directory.EnumerateDirectories(_state.Layout.Layers).Select(Path.GetFileName));
    }

    private static Thread Worker(ConcurrentQueue<Exception> failures, Action work)
    {
        Thread thread = new(() =>
        {
            try
            {
                work();
            }
#pragma warning disable CA1031 // A test wants to see whatever it was.
            catch (Exception e)
#pragma warning restore CA1031
            {
                failures.Enqueue(e);
            }
        });
        thread.Start();
        return thread;
    }

    private void Add(string tag, int bytes)
    {
        _layout.List(_layout.AddManifest([s_shared, TestLayout.LayerTar("file", new string('x', bytes))]), tag);
        _store.Open(ImageLocation.Parse($"oci:{_layout.Path}:{tag}")).Dispose();
    }

    private ImageLease Open(string tag) => _store.Open(ImageLocation.Parse("localhost/ci:" + tag));

    private string RecordOf(string tag) =>
        _state.Layout.ImageRecord(_store.List().Single(image => image.Tag == tag).Id);

    private FileStatus Status(string tag) => FileAt.Stat(null, RecordOf(tag));

    private void Used(string tag, int hours) =>
        File.SetLastWriteTimeUtc(RecordOf(tag), DateTime.UtcNow.AddHours(-hours));
}
