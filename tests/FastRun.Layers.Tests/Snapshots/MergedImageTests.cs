using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline;
using FastRun.Layers.Tests.Pipeline.Tar;
using FastRun.Native;

namespace FastRun.Layers.Tests.Snapshots;

/// <summary>Layers merged by overlayfs are what umoci makes of the same tars in one directory.</summary>
public sealed class MergedImageTests
{
    private static TarBuilder Base => new TarBuilder()
        .Directory("./")
        .Directory("usr/", mtime: 100).Directory("usr/lib/", mode: 0x1C8, uid: 7, gid: 8, mtime: 101)
        .File("usr/lib/libc", "libc", mode: 0x1ED, mtime: 102)
        .SymbolicLink("lib", "usr/lib").SymbolicLink("absolute", "/usr/lib")
        .Directory("etc/", mtime: 103).File("etc/a", "a").File("etc/b", "b").File("etc/c", "c", mode: 0x9ED, uid: 3)
        .Directory("data/", mode: 0x1FF, mtime: 104).Directory("data/deep/", mode: 0x1C0, mtime: 105).File("data/deep/x", "x");

    [Fact]
    public void Whiteouts_OfFilesAndDirectories_Hide() =>
        Check([], Base, new TarBuilder().Directory("etc/", mtime: 50).File("etc/.wh.a").File(".wh.data").File("etc/.wh.never"));

    [Fact]
    public void OpaqueDirectory_MarkerFirstOrLast_HidesWhatIsBelow()
    {
        Check([], Base, new TarBuilder().Directory("etc/").File("etc/.wh..wh..opq").File("etc/new", "new"));
        Check([], Base, new TarBuilder().Directory("etc/").File("etc/new", "new").File("etc/.wh..wh..opq"));
    }

    [Fact]
    public void OpaqueMarker_DirectoryWithoutEntry_KeepsItsAttributes() =>
        Check([], Base, new TarBuilder().File("data/.wh..wh..opq").File("data/new", "new"));

    [Fact]
    public void OpaqueRoot_HidesAllLayersBelow() =>
        Check([], Base, new TarBuilder().Directory("./").File(".wh..wh..opq").File("only", "this"));

    [Fact]
    public void ImplicitParents_BorrowAttributesFromBelow() =>
        Check(["/fresh", "/fresh/dir"], Base, new TarBuilder().File("data/deep/y", "y").File("usr/lib/z", "z").File("fresh/dir/f", "f"));

    [Fact]
    public void ImplicitParents_ThreeLayers_BorrowFromTheTopmost() =>
        Check([], Base, new TarBuilder().Directory("data/", mode: 0x1D1, uid: 5, mtime: 77), new TarBuilder().File("data/file", "file"));

    [Theory]
    [InlineData("lib/new")]
    [InlineData("absolute/new")]
    public void PathThroughALowerSymlink_LeadsWhereTheLinkLeads(string name) =>
        Check([], Base, new TarBuilder().File(name, "new").File("lib/.wh.libc"));

    [Fact]
    public void HardLink_IntoALowerLayer_IsOneFileWithItsTarget() =>
        Check([], Base, new TarBuilder().Header("etc/hard", '1', link: "etc/c", mode: 0x9ED, uid: 3).Header("lib/hard", '1', link: "lib/libc", mode: 0x1ED, mtime: 102));

    [Fact]
    public void HardLink_OfALowerSymlink_IsALinkToo() =>
        Check([], Base, new TarBuilder().Header("other", '1', link: "lib", mode: 0x1FF));

    [Fact]
    public void DirectoryOverLowerFileAndFileOverLowerDirectory_Replace() =>
        Check([], Base, new TarBuilder().Directory("etc/a/").File("etc/a/in", "in").File("data", "now a file"));

    [Fact]
    public void DirectoryOverLowerSymlink_ReplacesIt() =>
        Check([], Base, new TarBuilder().Directory("lib/", mtime: 9).File("lib/own", "own"));

    [Fact]
    public void SymlinkOverLowerDirectory_ReplacesIt() =>
        Check([], Base, new TarBuilder().SymbolicLink("data", "etc").File("data/through", "through"));

    [Fact]
    public void WhiteoutAndEntryOfOneName_Replace() =>
        Check([], Base, new TarBuilder().File(".wh.data").Directory("data/", mtime: 5).File("data/new", "new"));

    [Fact]
    public void Whiteouts_WithoutAnythingBelow_LeaveNoTrace() =>
        Check([], Base, new TarBuilder().Directory("brandnew/").File("brandnew/.wh.x").File("nowhere/.wh.y").File("nowhere/deep/.wh..wh..opq"));

    [Fact]
    public void Whiteout_InTheBottomLayer_LeavesNoTrace() =>
        Check([], new TarBuilder().Directory("./").Directory("d/").File("d/.wh.x").File(".wh.y").File("d/file", "f"));

    [Fact]
    public void Whiteout_ThenBackInAHigherLayer_ShowsTheNewOnly() =>
        Check([], Base, new TarBuilder().File(".wh.data"), new TarBuilder().Directory("data/", mtime: 3).File("data/new", "new"));

    [Fact]
    public void DeletedDirectory_ImplicitAgainAbove_BorrowsNothing() =>
        Check(["/data"], Base, new TarBuilder().File(".wh.data"), new TarBuilder().File("data/new", "new"));

    [Fact]
    public void Duplicates_LastWins() =>
        Check([], Base, new TarBuilder().File("twice", "first").File("twice", "second", mode: 0x180).SymbolicLink("etc/a", "b").File("etc/a", "again"));

    [Fact]
    public void Attributes_CapabilitiesAndUserAttributes_AreKept()
    {
        string capability = "\u0001\0\0\u0002\0\u0004\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        Check(
            [],
            Base,
            new TarBuilder()
                .Pax(("SCHILY.xattr.security.capability", capability), ("SCHILY.xattr.user.note", "kept"))
                .File("etc/capable", "x", mode: 0x1ED, uid: 1));
    }

    [Fact]
    public void SpecialFiles_AreMade() =>
        Check([], Base, new TarBuilder().Device("null", '3', 1, 3).Device("loop", '4', 7, 0).Header("pipe", '6'));

    private static void Check(string[] timeless, params TarBuilder[] layers)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root: owners, devices, trusted attributes, mounts");
        }

        using TemporaryState state = new();
        byte[][] tars = [.. layers.Select(static layer => layer.End())];
        LayerPipeline pipeline = new(new LayerStore(state.Layout));
        IReadOnlyList<string> ids = pipeline.Assemble([.. tars.Select(MemoryLayer.Plain)]);
        using Fd merged = OverlayMount.Open(state, ids);
        using Fd umoci = UmociBundle.Unpack(state, tars);

        Assert.Equal(TreeListing.Of(umoci, timeless), TreeListing.Of(merged, timeless));
        Assert.Equal(ids, pipeline.Assemble([.. tars.Select(MemoryLayer.Plain)]));
    }
}
