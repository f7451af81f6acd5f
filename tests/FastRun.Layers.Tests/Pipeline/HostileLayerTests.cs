using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline.Tar;
using FastRun.Layers.Tests.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Pipeline;

/// <summary>Tars that try to reach out of their tree, or into overlayfs's own marks.</summary>
public sealed class HostileLayerTests
{
    [Fact]
    public void Unpack_EveryWayOut_StaysInside()
    {
        using TemporaryState state = new();
        string canary = Path.Combine(state.Path, "canary");
        Directory.CreateDirectory(Path.Combine(canary, "inner"));
        File.WriteAllText(Path.Combine(canary, "file"), "untouched");
        string up = string.Concat(Enumerable.Repeat("../", 30)) + canary[1..];
        TarBuilder[] attacks =
        [
            new TarBuilder().File(up + "/dotdot", "x"),
            new TarBuilder().File(canary + "/absolute", "x"),
            new TarBuilder().SymbolicLink("out", canary).File("out/file", "overwritten"),
            new TarBuilder().SymbolicLink("out", up).File("out/file", "overwritten"),
            new TarBuilder().SymbolicLink("a", "b").SymbolicLink("b", up).Directory("a/inner/sub"),
            new TarBuilder().SymbolicLink("out", canary).File("out/.wh.file"),
            new TarBuilder().SymbolicLink("out", canary).File("out/.wh..wh..opq"),
            new TarBuilder().SymbolicLink("out", canary + "/file").File("out", "overwritten"),
            new TarBuilder().SymbolicLink("out", canary).Directory("out/", mode: 0),
            new TarBuilder().SymbolicLink("d/out", canary).SymbolicLink("d/out/inner/x", "y"),
            new TarBuilder().SymbolicLink("out", canary).Device("out/node", '6', 0, 0),
        ];
        TarBuilder[] refused =
        [
            new TarBuilder().HardLink("link", up + "/file").File("link", "overwritten"),
            new TarBuilder().SymbolicLink("out", canary).HardLink("link", "out/file"),
        ];
        using Fd watched = FileAt.Open(null, canary, OpenFlags.Read | OpenFlags.Directory);
        List<string> before = TreeListing.Of(watched);

        foreach (TarBuilder attack in attacks)
        {
            Assemble(state, attack);
        }

        foreach (TarBuilder attack in refused)
        {
            Assert.Equal(LayerErrorKind.Malformed, Failure(state, attack));
        }

        FileContent.Seek(watched, 0);
        Assert.Equal(before, TreeListing.Of(watched));
        Assert.Empty(Directory.GetFileSystemEntries(state.Layout.Staging));
    }

    [Theory]
    [InlineData("d/.wh.")]
    [InlineData("d/.wh..")]
    [InlineData("d/.wh...")]
    public void Unpack_WhiteoutOfADirectoryItself_IsMalformed(string name)
    {
        using TemporaryState state = new();
        Assert.Equal(LayerErrorKind.Malformed, Failure(state, new TarBuilder().File(name)));
    }

    [Fact]
    public void Unpack_NameThatIsNoName_IsMalformedInOneLine()
    {
        using TemporaryState state = new();
        TarBuilder[] tars =
        [
            new TarBuilder().SymbolicLink("loop", "loop").File("loop/x"),
            new TarBuilder().File("file\nname").File("file\nname/below"),
            new TarBuilder().File("./", "the root as a file"),
            new TarBuilder().Pax(("path", new string('x', 300))).File("x"),
            new TarBuilder().Pax(("path", string.Concat(Enumerable.Repeat("deep/", 2000)) + "x")).File("x"),
            new TarBuilder().Directory("d/").HardLink("h", "d"),
            new TarBuilder().HardLink("h", "missing"),
            new TarBuilder().Directory("d/").File("d/f").HardLink("d", "d/f"),
            new TarBuilder().SymbolicLink("nowhere", ""),
        ];

        foreach (TarBuilder tar in tars)
        {
            LayerException thrown = Assert.Throws<LayerException>(() => Assemble(state, tar));
            Assert.Equal(LayerErrorKind.Malformed, thrown.Kind);
            Assert.DoesNotContain('\n', thrown.Message);
            Assert.True(thrown.Message.Length < 500);
        }

        Assert.Empty(Directory.GetFileSystemEntries(state.Layout.Staging));
    }

    [Fact]
    public void Unpack_OverlaysOwnMarks_AreNotMade()
    {
        using TemporaryState state = new();
        string id = Assemble(state, new TarBuilder()
            .Pax(("SCHILY.xattr.trusted.overlay.opaque", "y"), ("SCHILY.xattr.user.overlay.opaque", "y"), ("SCHILY.xattr.trusted.overlay.redirect", "/etc"))
            .Directory("d/")
            .Pax(("SCHILY.xattr.trusted.overlay.metacopy", ""))
            .File("d/file")
            .Device("d/whiteout", '3', 0, 0));

        using Fd root = FileAt.OpenDirectory(null, state.Layout.LayerTree(id));
        Assert.DoesNotContain(ExtendedAttributes.List(root, "d"u8), Overlay.IsOwn);
        using Fd directory = FileAt.OpenDirectory(root, "d");
        Assert.DoesNotContain(ExtendedAttributes.List(directory, "file"u8), Overlay.IsOwn);
        Assert.Equal(Errno.ENOENT, FileAt.TryStat(directory, "whiteout", out _));
    }

    [Fact]
    public void Unpack_UserAttributesOfALinkOrDevice_AreLeftOut()
    {
        using TemporaryState state = new();
        string id = Assemble(state, new TarBuilder()
            .Pax(("SCHILY.xattr.user.note", "x")).SymbolicLink("link", "target")
            .Pax(("SCHILY.xattr.user.note", "x")).Header("pipe", '6')
            .Pax(("SCHILY.xattr.user.note", "x")).File("file"));
        using Fd root = FileAt.OpenDirectory(null, state.Layout.LayerTree(id));
        Assert.Empty(ExtendedAttributes.List(root, "link"u8));
        Assert.Empty(ExtendedAttributes.List(root, "pipe"u8));
        Assert.Equal(["user.note"], ExtendedAttributes.List(root, "file"u8));
    }

    [Fact]
    public void Unpack_NamesThatAreNotUtf8_AreKeptAndRemade()
    {
        using TemporaryState state = new();
        byte[] tar = new TarBuilder().File("d\u00FF/f\u00FE", "first").File("d\u00FF/f\u00FE", "second").End();
        LayerPipeline pipeline = new(new LayerStore(state.Layout));
        string id = Assert.Single(pipeline.Assemble([MemoryLayer.Plain(tar)]));

        byte[] name = Assert.Single(DirectoryContent.ReadAll(null, state.Layout.LayerTree(id))).Name;
        Assert.Equal([(byte)'d', 0xFF], name);
        MemoryStream remade = new();
        pipeline.WriteTar(id, remade);
        Assert.Equal(tar, remade.ToArray());
    }

    private static LayerErrorKind Failure(TemporaryState state, TarBuilder tar) =>
        Assert.Throws<LayerException>(() => Assemble(state, tar)).Kind;

    private static string Assemble(TemporaryState state, TarBuilder tar) =>
        Assert.Single(new LayerPipeline(new LayerStore(state.Layout)).Assemble([MemoryLayer.Plain(tar.End())]));
}
