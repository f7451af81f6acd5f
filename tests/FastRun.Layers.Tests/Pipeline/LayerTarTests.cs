using System;
using System.IO;
using System.Linq;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline.Tar;

namespace FastRun.Layers.Tests.Pipeline;

public sealed class LayerTarTests : IDisposable
{
    private readonly TemporaryState _state = new();
    private readonly LayerStore _store;

    public LayerTarTests() => _store = new LayerStore(_state.Layout);

    public void Dispose() => _state.Dispose();

    [Theory]
    [InlineData(1)]
    [InlineData(511)]
    [InlineData(1 << 20)]
    public void Open_ReadInPieces_GivesTheTar(int piece)
    {
        byte[] tar = [.. Example(), .. "trailing data"u8];
        LayerTar layer = Unpack(tar);
        using Stream stream = layer.Open();
        MemoryStream read = new();
        byte[] buffer = new byte[piece];
        int count;
        while ((count = stream.Read(buffer, 0, piece)) > 0)
        {
            read.Write(buffer, 0, count);
        }

        Assert.Equal(tar, read.ToArray());
        Assert.Equal(0, stream.Read(buffer, 0, piece));
        Assert.Equal(tar.Length, layer.Size);
        Assert.Equal(MemoryLayer.Plain(tar).DiffId, layer.DiffId);
    }

    [Fact]
    public void CopyTo_AfterSomeReads_GivesTheRest()
    {
        byte[] tar = Example();
        using Stream stream = Unpack(tar).Open();
        byte[] first = new byte[1000];
        stream.ReadExactly(first);
        MemoryStream rest = new();
        stream.CopyTo(rest);
        Assert.Equal(tar, first.Concat(rest.ToArray()));
    }

    [Fact]
    public void WriteTo_EmptyLayer_WritesNothing()
    {
        MemoryStream written = new();
        Unpack([]).WriteTo(written);
        Assert.Equal(0, written.Length);
    }

    [Fact]
    public void WriteTo_FileOfTheSameLengthChanged_FailsAtTheEnd()
    {
        LayerTar layer = Unpack(Example());
        File.WriteAllText(InTree(layer, "d/name"), "other");
        MemoryStream written = new();
        Assert.Equal(
            $"layer {layer.DiffId} cannot be made again: its files were changed", Refusal(layer, written));
        Assert.Equal(layer.Size, written.Length);
    }

    [Theory]
    [InlineData("shorter")]
    [InlineData("missing")]
    [InlineData("link")]
    [InlineData("directory")]
    [InlineData("linked parent")]
    public void WriteTo_FileReplaced_NamesIt(string by)
    {
        LayerTar layer = Unpack(Example());
        string path = InTree(layer, "d/name");
        string elsewhere = _state.File("elsewhere");
        Directory.CreateDirectory(elsewhere);
        File.WriteAllText(Path.Combine(elsewhere, "name"), "right");
        File.Delete(path);
        switch (by)
        {
            case "shorter":
                File.WriteAllText(path, "r");
                break;
            case "link":
                File.CreateSymbolicLink(path, Path.Combine(elsewhere, "name"));
                break;
            case "directory":
                Directory.CreateDirectory(path);
                break;
            case "linked parent":
                Directory.Delete(Path.GetDirectoryName(path)!, recursive: true);
                Directory.CreateSymbolicLink(Path.GetDirectoryName(path)!, elsewhere);
                break;
        }

        Assert.Equal($"layer {layer.DiffId} cannot be made again: d/name was changed", Refusal(layer, new MemoryStream()));
    }

    [Fact]
    public void Open_IndexMissingOrDamaged_SaysSo()
    {
        LayerTar layer = Unpack(Example());
        string index = Path.Combine(_state.Layout.Layer(layer.LocalId), "tar-index");
        byte[] sound = File.ReadAllBytes(index);

        File.WriteAllBytes(index, sound[..^3]);
        Assert.Equal($"layer {layer.DiffId} cannot be made again: its index is damaged", Refusal(layer, new MemoryStream()));
        File.WriteAllBytes(index, [.. "another!"u8, .. sound[8..]]);
        Assert.Equal($"layer {layer.DiffId} cannot be made again: its index is damaged", Refusal(layer, new MemoryStream()));
        File.Delete(index);
        Assert.Equal($"layer {layer.DiffId} cannot be made again: its tar-index is missing", Refusal(layer, new MemoryStream()));
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1)]
    public void WriteTo_RecordStatesAnotherSize_Fails(int difference)
    {
        LayerTar layer = Unpack(Example());
        string record = Path.Combine(_state.Layout.Layer(layer.LocalId), "layer.json");
        File.WriteAllText(record, File.ReadAllText(record).Replace(
            $"\"tarSize\":{layer.Size}", $"\"tarSize\":{layer.Size + difference}", StringComparison.Ordinal));
        LayerTar lying = new(_store, layer.LocalId);
        MemoryStream written = new();
        Assert.Equal(
            $"layer {layer.DiffId} cannot be made again: its size is not what its record says", Refusal(lying, written));
        Assert.True(written.Length <= lying.Size);
    }

    [Fact]
    public void Dispose_BeforeTheEnd_EndsIt()
    {
        Stream stream = Unpack(Example()).Open();
        Assert.Equal('d', stream.ReadByte());
        stream.Dispose();
        stream.Dispose();
        Assert.Throws<ObjectDisposedException>(() => stream.CopyTo(Stream.Null));
    }

    [Fact]
    public void WriteTo_DestinationFails_PassesThat()
    {
        LayerTar layer = Unpack(Example());
        using MemoryStream full = new(new byte[100]);
        Assert.Throws<NotSupportedException>(() => layer.WriteTo(full));
    }

    [Fact]
    public void Constructor_NoSuchLayer_Throws() =>
        Assert.Equal("layer missing is not there", Assert.Throws<LayerException>(() => new LayerTar(_store, "missing")).Message);

    /// <summary>More than one round of the blocks, with an entry that replaces another and an empty file.</summary>
    private static byte[] Example()
    {
        string large = string.Concat(Enumerable.Range(0, 400_000).Select(static number => $"{number} "));
        return new TarBuilder().Directory("d/").File("d/name", "first").File("d/name", "right").File("d/empty", "")
            .File("large", large).HardLink("again", "large").Pax(("path", "renamed")).File("short", "x").End();
    }

    private LayerTar Unpack(byte[] tar) =>
        new(_store, Assert.Single(new LayerPipeline(_store).Assemble([MemoryLayer.Plain(tar)])));

    private string InTree(LayerTar layer, string name) => Path.Combine(_state.Layout.LayerTree(layer.LocalId), name);

    private static string Refusal(LayerTar layer, Stream destination)
    {
        LayerException thrown = Assert.Throws<LayerException>(() => layer.WriteTo(destination));
        Assert.Equal(LayerErrorKind.DigestMismatch, thrown.Kind);
        return thrown.Message;
    }
}
