using System.IO;
using FastRun.Layers.Images;
using FastRun.Layers.Oci;
using FastRun.Layers.References;

namespace FastRun.Layers.Tests.Images;

public sealed class ImageLayersTests
{
    [Fact]
    public void Find_LayersOfAnImage_GivesEachTar()
    {
        using TemporaryState state = new();
        TestLayout layout = new(state.File("layout"));
        byte[][] tars = [TestLayout.LayerTar("a", "one"), TestLayout.LayerTar("b", "two"), TestLayout.LayerTar("a", "one")];
        layout.List(layout.AddManifest(tars), "three");
        using ImageLease lease = new ImageStore(state.Layout).Open(ImageLocation.Parse($"oci:{layout.Path}"));

        ImageLayers layers = new(state.Layout, lease.Record);

        Assert.All(tars, tar =>
        {
            MemoryStream written = new();
            layers.Find(Digest.Parse(TestLayout.Sha256(tar))).WriteTo(written);
            Assert.Equal(tar, written.ToArray());
        });
    }

    [Fact]
    public void Find_LayerBelowAnOpaqueRoot_SaysWhyItIsNotKept()
    {
        using TemporaryState state = new();
        TestLayout layout = new(state.File("layout"));
        byte[][] tars = [TestLayout.LayerTar("a", "one"), TestLayout.LayerTar((".wh..wh..opq", ""), ("b", "two"))];
        layout.List(layout.AddManifest(tars), "hides");
        using ImageLease lease = new ImageStore(state.Layout).Open(ImageLocation.Parse($"oci:{layout.Path}"));

        ImageLayers layers = new(state.Layout, lease.Record);

        Digest hidden = Digest.Parse(TestLayout.Sha256(tars[0]));
        Assert.Null(layers.TryFind(hidden));
        Assert.Equal(
            $"layer {hidden} cannot be made again: it is not kept, since a layer above hides all of it",
            Assert.Throws<LayerException>(() => layers.Find(hidden)).Message);
        Assert.NotNull(layers.TryFind(Digest.Parse(TestLayout.Sha256(tars[1]))));
    }
}
