using System;
using System.Collections.Concurrent;
using System.Collections.Generic;
using System.Diagnostics;
using System.IO;
using System.Linq;
using System.Threading;
using FastRun.Layers.Images;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.Images;

/// <summary>Many at once, and killed in the middle. flock(2) is the descriptor's, so threads stand for processes here.</summary>
public sealed class ImageStoreConcurrencyTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly TestLayout _layout;

    public ImageStoreConcurrencyTests() => _layout = new TestLayout(_state.File("ci"));

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Open_EightAtOnceWhileOthersListRemoveAndCollect_EveryLeaseIsWhole()
    {
        byte[] shared = TestLayout.LayerTar("shared", new string('s', 100_000));
        _layout.List(_layout.AddManifest([shared, TestLayout.LayerTar("top", "1")]), "one");
        _layout.List(_layout.AddManifest([shared, TestLayout.LayerTar("top", "2")]), "two");
        ConcurrentQueue<Exception> failures = [];
        int removed = 0;
        int opened = 0;
        using CancellationTokenSource done = new();
        List<Thread> openers = [.. Enumerable.Range(0, 8).Select(index => Worker(failures, () =>
        {
            for (int i = 0; i < 8; i++)
            {
                Use($"oci:{_layout.Path}:{(((index + i) % 2) == 0 ? "one" : "two")}", ((index + i) % 2) == 0 ? "1" : "2");
                Interlocked.Increment(ref opened);
            }
        }))];
        List<Thread> disturbers =
        [
            Worker(failures, () =>
            {
                while (!done.IsCancellationRequested)
                {
                    removed += TryRemove("ci:one") + TryRemove("ci:two");
                }
            }),
            Worker(failures, () =>
            {
                while (!done.IsCancellationRequested)
                {
                    Assert.All(NewStore().List(), image => Assert.Equal("localhost/ci", image.Repository ?? "localhost/ci"));
                    NewStore().CollectGarbage();
                }
            }),
        ];
        openers.ForEach(thread => thread.Join());
        done.Cancel();
        disturbers.ForEach(thread => thread.Join());
        Assert.Empty(failures);
        Assert.Equal(8 * 8, opened);
        Assert.True(removed > 0, "nothing was ever removed: the test proves less than it says");

        // Whatever happened, the store is whole: what can be listed can be opened, and all of it can be removed.
        foreach (ImageSummary image in NewStore().List())
        {
            NewStore().Open(ImageLocation.Parse(image.Id.ToString())).Dispose();
            NewStore().Remove(ImageLocation.Parse(image.Id.ToString()), force: true);
        }

        NewStore().CollectGarbage();
        AssertNothingLeft();
    }

    [Fact]
    public void Open_ManyAtOnce_UnpackedOnce()
    {
        _layout.AddImage("t", new string('x', 1 << 20));
        ConcurrentQueue<Exception> failures = [];
        ConcurrentBag<string> layers = [];
        List<Thread> threads = [.. Enumerable.Range(0, 8).Select(_ => Worker(failures, () =>
        {
            using ImageLease lease = NewStore().Open(ImageLocation.Parse("oci:" + _layout.Path));
            layers.Add(lease.Record.LayerIds[0]);
        }))];
        threads.ForEach(thread => thread.Join());
        Assert.Empty(failures);
        Assert.Single(layers.Distinct());
        Assert.Equal(2, Directory.GetDirectories(_state.Layout.Layers).Length);
    }

    [Fact]
    public void Open_KilledInTheMiddle_NextOneWorksAndNothingStays()
    {
        byte[][] layers = [.. Enumerable.Range(0, 4).Select(index => TestLayout.LayerTar(Enumerable
            .Range(0, 300).Select(file => ($"{index}/{file}", new string('x', 2000)))))];
        _layout.List(_layout.AddManifest(layers), "t");
        string location = "oci:" + _layout.Path;
        int killed = 0;
        for (int delay = 0; delay < 160; delay += 16)
        {
            using (Process process = LoadingProcess.Start(_state, location))
            {
                Assert.Equal("loading", process.StandardOutput.ReadLine());
                if (!process.WaitForExit(delay))
                {
                    process.Kill();
                    process.WaitForExit();
                    killed++;
                }
            }

            // Before any repair: the list works, and the image is loaded.
            Assert.True(NewStore().List().Count <= 1);
            using (ImageLease lease = NewStore().Open(ImageLocation.Parse(location)))
            {
                Assert.Equal(4, lease.Record.LayerIds.Count);
                Assert.All(lease.Record.LayerIds, id => Assert.Single(Directory.GetDirectories(_state.Layout.LayerTree(id))));
            }

            NewStore().Remove(ImageLocation.Parse("ci:t"));
            NewStore().CollectGarbage();
            AssertNothingLeft();
        }

        Assert.True(killed > 0);
    }

    private void Use(string location, string content)
    {
        using ImageLease lease = NewStore().Open(ImageLocation.Parse(location));
        for (int i = 0; i < 3; i++)
        {
            Assert.Equal(content, File.ReadAllText(Path.Combine(_state.Layout.LayerTree(lease.Record.LayerIds[0]), "top")));
            Assert.Equal(
                100_000, new FileInfo(Path.Combine(_state.Layout.LayerTree(lease.Record.LayerIds[1]), "shared")).Length);
        }
    }

    private int TryRemove(string name)
    {
        try
        {
            return NewStore().Remove(ImageLocation.Parse(name)).Deleted.Count;
        }
        catch (Exception e) when (e is ImageInUseException or ImageNotFoundException)
        {
            return 0;
        }
    }

    private ImageStore NewStore() => new(_state.Layout);

    private static Thread Worker(ConcurrentQueue<Exception> failures, Action work)
    {
        Thread thread = new(() =>
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                failures.Enqueue(e);
            }
        });
        thread.Start();
        return thread;
    }

    private void AssertNothingLeft()
    {
        Assert.Equal(["_ids", "_loads", "_lock"], Names(_state.Layout.Images));
        Assert.Empty(Names(_state.Layout.ImageIds));
        Assert.Empty(Names(_state.Layout.ImageLoads));
        Assert.Equal(["_diffs"], Names(_state.Layout.Layers));
        Assert.Empty(Names(_state.Layout.LayerDiffs));
        Assert.Empty(Names(_state.Layout.Staging));
        Assert.Empty(Names(_state.Layout.Trash));
        Assert.Empty(Names(Path.Combine(_state.Layout.Content, "sha256")));
    }

    private static string[] Names(string directory) => Directory.Exists(directory)
        ? [.. Directory.GetFileSystemEntries(directory).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal)]
        : [];
}
