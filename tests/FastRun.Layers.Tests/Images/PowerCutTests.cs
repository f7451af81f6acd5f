using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Text.RegularExpressions;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Native;

namespace FastRun.Layers.Tests.Images;

/// <summary>
/// What the disk may hold after a power cut, file by file: the name of an unsynced file can be there without its bytes. None of
/// that is damage, and all of it is put right by loading the image again.
/// </summary>
public sealed class PowerCutTests
{
    private const string Lost = "had not reached the disk when the machine lost power";

    /// <summary>The cut comes before the image was synced. Every file of it in turn is not there as it was written.</summary>
    [Theory]
    [InlineData("whole")]
    [InlineData("gone")]
    [InlineData("empty")]
    [InlineData("zeros")]
    [InlineData("its first block")]
    public void Cut_BeforeAnImageIsSynced_ImageIsLostAndLoadsAgain(string left)
    {
        foreach (string file in FilesOfALostImage())
        {
            using TemporaryState state = new();
            (TestLayout layout, ImageStore store) = LoadOthers(state);
            LoseImage(state, layout, store);
            Leave(Path.Combine(state.Layout.DataRoot, FindFile(state, file)), left);

            AssertPutRight(state, layout, store, $"{file} {left}");
        }
    }

    /// <summary>
    /// The cut comes while an image that is on the disk gets another name: another process had not yet synced that one's manifest.
    /// </summary>
    [Theory]
    [InlineData("empty")]
    [InlineData("zeros")]
    public void Cut_WhileAnImageGetsAnotherName_OnlyThatNameIsLost(string left)
    {
        using TemporaryState state = new();
        (TestLayout layout, ImageStore store) = LoadOthers(state);
        byte[] manifest = layout.AddBlob([.. layout.AddManifest([TestLayout.LayerTar("file", "kept")]), (byte)'\n']);
        layout.List(manifest, "again");
        store.LoadAll(ImageLocation.Parse($"oci:{layout.Path}:again"));
        string digest = TestLayout.Sha256(manifest);
        Leave(state.Layout.Blob(Digest.Parse(digest)), left);

        StoreDamage damage = Assert.Single(store.Check(repair: false).Damages);
        Assert.Equal($"its manifest {digest} {Lost}", damage.Reason);
        Assert.Equal(
            [$"localhost/ci:again: its manifest {Lost}", $"localhost/ci@{digest}: its manifest {Lost}"],
            store.CollectGarbage().DroppedImages);
        Assert.Empty(store.Check(repair: false).Damages);
        Assert.Equal(["kept"], store.List().Select(static image => image.Tag));

        store.LoadAll(ImageLocation.Parse($"oci:{layout.Path}"));
        Assert.Empty(store.Check(repair: false).Damages);
        Assert.Equal(["again", "kept"], store.List().Select(static image => image.Tag));
    }

    private static void AssertPutRight(TemporaryState state, TestLayout layout, ImageStore store, string what)
    {
        foreach (StoreDamage damage in store.Check(repair: false).Damages)
        {
            Assert.True(damage.Reason.EndsWith(Lost, StringComparison.Ordinal), $"{what}: {damage}");
        }

        using (ImageLease kept = store.Open(ImageLocation.Parse("ci:kept")))
        {
            Assert.True(kept.IsDurable);
        }

        store.CollectGarbage();
        Assert.True(store.Check(repair: false).Damages.Count == 0, what);
        store.LoadAll(ImageLocation.Parse("oci:" + layout.Path));
        Assert.True(store.Check(repair: false).Damages.Count == 0, what);
        using ImageLease again = store.Open(ImageLocation.Parse("ci:lost"));
        Assert.True(again.IsDurable, what);
        Assert.Equal("lost", File.ReadAllText(Path.Combine(state.Layout.LayerTree(again.Record.LayerIds[0]), "file")));
    }

    private static (TestLayout Layout, ImageStore Store) LoadOthers(TemporaryState state)
    {
        TestLayout layout = new(state.File("ci"));
        layout.AddImage("kept", "kept");
        ImageStore store = new(state.Layout);
        store.LoadAll(ImageLocation.Parse("oci:" + layout.Path));
        return (layout, store);
    }

    /// <summary>Loads an image, and makes it one of another boot that was never synced.</summary>
    private static void LoseImage(TemporaryState state, TestLayout layout, ImageStore store)
    {
        layout.AddImage("lost", "lost");
        LaunchRecord record;
        using (ImageLease lease = store.Open(ImageLocation.Parse($"oci:{layout.Path}:lost")))
        {
            Assert.False(lease.IsDurable);
            record = lease.Record;
        }

        File.WriteAllBytes(
            state.Layout.ImageRecord(record.ImageId), LaunchRecordFormat.Encode(record, Guid.NewGuid(), durable: false));
        string layer = Path.Combine(state.Layout.Layer(record.LayerIds[0]), "layer.json");
        File.WriteAllText(
            layer, File.ReadAllText(layer).Replace(BootId.Current.ToString(), Guid.NewGuid().ToString(), StringComparison.Ordinal));
    }

    /// <summary>What an image adds to a store, by patterns: layers have a name of their own each time.</summary>
    private static List<string> FilesOfALostImage()
    {
        using TemporaryState state = new();
        (TestLayout layout, ImageStore store) = LoadOthers(state);
        HashSet<string> before = [.. Files(state)];
        LoseImage(state, layout, store);
        return [.. Files(state).Where(file => !before.Contains(file)).Select(static file => Regex.Replace(file, "layers/[0-9a-f]{16}/", "layers/*/"))];
    }

    private static string FindFile(TemporaryState state, string pattern)
    {
        if (!pattern.Contains('*', StringComparison.Ordinal))
        {
            return pattern;
        }

        // The layer that was lost is the one of another boot.
        string layer = Directory.GetDirectories(state.Layout.Layers).Single(directory =>
            File.Exists(Path.Combine(directory, "layer.json"))
            && !File.ReadAllText(Path.Combine(directory, "layer.json")).Contains(BootId.Current.ToString(), StringComparison.Ordinal));
        return pattern.Replace("layers/*/", $"layers/{Path.GetFileName(layer)}/", StringComparison.Ordinal);
    }

    /// <summary>All files and links of the data root but locks, relative to it.</summary>
    private static IEnumerable<string> Files(TemporaryState state) => Directory
        .EnumerateFiles(state.Layout.DataRoot, "*", SearchOption.AllDirectories)
        .Where(static file => !file.EndsWith("lock", StringComparison.Ordinal) && !file.Contains("/_loads/", StringComparison.Ordinal))
        .Select(file => Path.GetRelativePath(state.Layout.DataRoot, file))
        .Concat(Directory.EnumerateDirectories(state.Layout.LayerDiffs).Select(link => Path.GetRelativePath(state.Layout.DataRoot, link)));

    private static void Leave(string file, string left)
    {
        bool isLink = new FileInfo(file).LinkTarget is not null;
        switch (left)
        {
            case "whole": break;
            case "gone": File.Delete(file); break;
            case var _ when isLink: break;
            case "empty": File.WriteAllBytes(file, []); break;
            case "zeros": File.WriteAllBytes(file, new byte[new FileInfo(file).Length]); break;
            case "its first block": File.WriteAllBytes(file, [.. File.ReadAllBytes(file).Take(512)]); break;
            default: throw new ArgumentOutOfRangeException(nameof(left));
        }
    }
}
