using System;
using System.IO;
using System.Linq;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.Images;

/// <summary>A check of the store: every kind of damage is found and named, removed on demand, and then the image loads again.</summary>
public sealed class StoreCheckTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly TestLayout _layout;
    private readonly ImageStore _store;
    private readonly string _manifest;
    private readonly string _record;
    private readonly string _layer;

    public StoreCheckTests()
    {
        _layout = new TestLayout(_state.File("ci"));
        _store = new ImageStore(_state.Layout);
        _manifest = _layout.AddImage("t", "content");
        _layout.AddImage("other", "something else");
        _store.LoadAll(ImageLocation.Parse("oci:" + _layout.Path));
        using ImageLease lease = _store.Open(ImageLocation.Parse("ci:t"));
        _record = _state.Layout.ImageRecord(lease.Record.ImageId);
        _layer = _state.Layout.Layer(Assert.Single(lease.Record.LayerIds));
    }

    public void Dispose() => _state.Dispose();

    [Fact]
    public void Check_SoundStore_NothingIsDamaged()
    {
        StoreReport report = _store.Check(repair: false);
        Assert.Equal((2, 2), (report.Images, report.Layers));
        Assert.Empty(report.Damages);
        Assert.Empty(_store.Check(repair: true).Damages);
    }

    [Fact]
    public void Check_NoStore_NothingIsDamaged()
    {
        using TemporaryState empty = new();
        StoreReport report = new ImageStore(empty.Layout).Check(repair: true);
        Assert.Equal((0, 0, 0), (report.Images, report.Layers, report.Damages.Count));
    }

    [Theory]
    [InlineData("one bit of a file", "its files were changed")]
    [InlineData("a file missing", "file was changed")]
    [InlineData("an empty file", "file was changed")]
    [InlineData("an empty index", "its index is damaged")]
    [InlineData("a short index", "its index is damaged")]
    [InlineData("no index", "tar-index")]
    [InlineData("an empty layer record", "a layer is missing")]
    [InlineData("no layer record", "a layer is missing")]
    [InlineData("no layer", "a layer is missing")]
    [InlineData("an empty record", "it had not reached the disk when the machine lost power")]
    [InlineData("a record of zeros", "it had not reached the disk when the machine lost power")]
    [InlineData("a short record", "its record is damaged")]
    [InlineData("one bit of a record", "its record is damaged")]
    [InlineData("another image's record", "its record is that of another image")]
    [InlineData("one bit of the config", "its config sha256:")]
    [InlineData("no config", "is missing")]
    [InlineData("an empty manifest", "its manifest sha256:")]
    [InlineData("no manifest", "is missing")]
    public void Check_Damage_IsNamedRemovedAndLoadedAgain(string damage, string reason)
    {
        Inflict(damage);

        StoreDamage found = Assert.Single(_store.Check(repair: false).Damages);
        Assert.Equal("localhost/ci:t", found.Subject);
        Assert.Contains(reason, found.Reason, StringComparison.Ordinal);
        Assert.False(found.Removed);

        StoreReport repair = _store.Check(repair: true);
        Assert.All(repair.Damages, static removed => Assert.True(removed.Removed));
        Assert.Contains(repair.Damages, static removed => removed.Subject == "localhost/ci:t");
        Assert.Empty(_store.Check(repair: false).Damages);
        Assert.Equal(["other"], _store.List().Select(static image => image.Tag));

        _store.LoadAll(ImageLocation.Parse("oci:" + _layout.Path));
        Assert.Empty(_store.Check(repair: false).Damages);
        using ImageLease again = _store.Open(ImageLocation.Parse("ci:t"));
        Assert.Equal("content", File.ReadAllText(Path.Combine(_state.Layout.LayerTree(again.Record.LayerIds[0]), "file")));
    }

    [Fact]
    public void Check_LostInAPowerCut_IsNamedAndRemoved()
    {
        LaunchRecord read = LaunchRecordFormat.Decode(File.ReadAllBytes(_record), out _, out _)!;
        File.WriteAllBytes(_record, LaunchRecordFormat.Encode(read, Guid.NewGuid(), durable: false));

        StoreDamage found = Assert.Single(_store.Check(repair: false).Damages);

        Assert.Equal(("localhost/ci:t", "it had not reached the disk when the machine lost power"), (found.Subject, found.Reason));
        Assert.Equal((read.ImageId, 0), (found.ImageId!.Value, found.Layers.Count));
        StoreDamage removed = Assert.Single(_store.Check(repair: true).Damages);
        Assert.Equal((found.Subject, found.Reason, true), (removed.Subject, removed.Reason, removed.Removed));
    }

    [Fact]
    public void Check_LayerThatNoImageUses_IsNamedAndRemoved()
    {
        File.Delete(_record);
        Inflict("an empty file");

        StoreDamage found = Assert.Single(_store.Check(repair: false).Damages);

        Assert.Null(found.ImageId);
        Assert.Equal($"layer {Path.GetFileName(_layer)}, which no image uses", found.Subject);
        Assert.True(Assert.Single(_store.Check(repair: true).Damages).Removed);
        Assert.False(Directory.Exists(_layer));
    }

    [Fact]
    public void Check_SharedLayer_EveryImageOfItIsNamed()
    {
        _layout.AddImage("same", "content", """{"Env":["A=1"]}""");
        _store.LoadAll(ImageLocation.Parse("oci:" + _layout.Path));
        Inflict("an empty file");

        Assert.Equal(
            ["localhost/ci:same", "localhost/ci:t"],
            _store.Check(repair: false).Damages.Select(static damage => damage.Subject).Order(StringComparer.Ordinal));
    }

    [Fact]
    public void Repair_ImageInUse_IsKeptAndTold()
    {
        using (_store.Open(ImageLocation.Parse("ci:t")))
        {
            Inflict("an empty file");
            StoreDamage kept = Assert.Single(_store.Check(repair: true).Damages);
            Assert.Equal([Path.GetFileName(_layer)], kept.Layers);
            Assert.False(kept.Removed);
            Assert.EndsWith("but it is in use: kept", kept.Reason, StringComparison.Ordinal);
            Assert.True(Directory.Exists(_layer));
        }

        Assert.All(_store.Check(repair: true).Damages, static damage => Assert.True(damage.Removed));
        Assert.False(Directory.Exists(_layer));
    }

    private void Inflict(string damage)
    {
        string file = Path.Combine(_layer, "fs", "file");
        string index = Path.Combine(_layer, "tar-index");
        string layerRecord = Path.Combine(_layer, "layer.json");
        string config = _state.Layout.Blob(Digest.Parse("sha256:" + Path.GetFileName(_record)));
        string manifest = _state.Layout.Blob(Digest.Parse(_manifest));
        switch (damage)
        {
            case "one bit of a file": Flip(file); break;
            case "a file missing": File.Delete(file); break;
            case "an empty file": Truncate(file, 0); break;
            case "an empty index": Truncate(index, 0); break;
            case "a short index": Truncate(index, new FileInfo(index).Length / 2); break;
            case "no index": File.Delete(index); break;
            case "an empty layer record": Truncate(layerRecord, 0); break;
            case "no layer record": File.Delete(layerRecord); break;
            case "no layer": Directory.Delete(_layer, recursive: true); break;
            case "an empty record": Truncate(_record, 0); break;
            case "a record of zeros": File.WriteAllBytes(_record, new byte[new FileInfo(_record).Length]); break;
            case "a short record": Truncate(_record, 40); break;
            case "one bit of a record": Flip(_record); break;
            case "another image's record": File.Copy(OtherRecord(), _record, overwrite: true); break;
            case "one bit of the config": Flip(config); break;
            case "no config": File.Delete(config); break;
            case "an empty manifest": Truncate(manifest, 0); break;
            case "no manifest": File.Delete(manifest); break;
            default: throw new ArgumentOutOfRangeException(nameof(damage));
        }
    }

    private string OtherRecord() => Directory.GetFiles(_state.Layout.ImageIds).Single(record => record != _record);

    private static void Truncate(string path, long length)
    {
        using FileStream file = new(path, FileMode.Open);
        file.SetLength(length);
    }

    private static void Flip(string path)
    {
        byte[] content = File.ReadAllBytes(path);
        content[^1] ^= 1;
        File.WriteAllBytes(path, content);
    }
}
