using System;
using System.IO;
using System.Linq;
using FastRun.Layers.Pipeline;
using FastRun.Layers.Snapshots;
using FastRun.Layers.Tests.Pipeline;
using FastRun.Layers.Tests.Pipeline.Tar;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Tests.Snapshots;

/// <summary>
/// An unpacked layer is what GNU tar makes of the same bytes: modes, owners, times to the nanosecond, attributes, links, devices.
/// </summary>
public sealed class GnuTarPeerTests
{
    /// <summary>A tree of all that a tar can hold. Times come last, and those of directories after their contents.</summary>
    private const string RichTree =
        """
        cd "$0"; umask 0
        long=$(printf 'n%.0s' $(seq 255)); part=$(printf 'p%.0s' $(seq 90))
        mkdir -p plain/deep/er 'with space' empty sticky setgid closed "$part/$part/$part" times owners special
        printf hello > plain/file; : > plain/zero; head -c 3000000 /dev/urandom > plain/large
        head -c 511 /dev/urandom > plain/511; head -c 512 /dev/urandom > plain/512; head -c 513 /dev/urandom > plain/513
        printf x > "$long"; printf y > "$part/$part/$part/file"; printf z > "with space/new
        line"; printf t > "with space/tab	tab"; printf u > "with space/$(printf 'caf\351\377')"; printf v > 'with space/back\slash'
        ln plain/file plain/deep/hard; ln plain/file "$part/$part/$part/hard"
        ln -s ../file plain/deep/link; ln -s /absolute/nowhere absolute; ln -s "$part/$part/$part/file" far; ln -s . self
        ln -P absolute absolute-too
        mkfifo special/pipe; mknod special/null c 1 3; mknod special/loop b 7 300; mknod special/wide c 4095 1048575
        ln special/pipe special/pipe-too; ln special/null special/null-too
        printf a > owners/a; printf b > owners/b; printf c > owners/setuid; ln -s x owners/link
        chown 3000000:4000000 owners/a; chown 65534:2097151 owners/b; chown 1:2 owners/setuid; chown -h 5:6 owners/link
        chmod 6711 owners/setuid; chmod 1777 sticky; chmod 2775 setgid; chmod 0 closed plain/zero; chmod 0777 plain/large
        touch -d '1969-12-31 23:59:59.5 UTC' times/before; touch -d '2300-01-01 00:00:00.123456789 UTC' times/behind
        touch -d '2038-01-19 03:14:08.000000001 UTC' times/y2038; touch -d '1970-01-01 UTC' times/zero
        touch -h -d '2001-02-03 04:05:06.7 UTC' owners/link self
        touch -d '1999-12-31 23:59:59.999999999 UTC' times empty plain plain/deep closed
        """;

    [Theory]
    [InlineData("pax")]
    [InlineData("gnu")]
    [InlineData("oldgnu")]
    public void RichTree_AsGnuTarWritesIt_IsTheSame(string format)
    {
        using TemporaryState state = new();
        string tree = Directory.CreateDirectory(state.File("tree")).FullName;
        TestCommand.Run("sh", "-ec", RichTree, tree);
        string tar = state.File("layer.tar");
        TestCommand.Run("tar", "--format=" + format, "--numeric-owner", "-C", tree, "-cf", tar, ".");
        Check(state, File.ReadAllBytes(tar));
    }

    [Fact]
    public void PortableTree_AsUstarAndV7_IsTheSame()
    {
        foreach (string format in (string[])["ustar", "v7"])
        {
            using TemporaryState state = new();
            string tree = Directory.CreateDirectory(state.File("tree")).FullName;
            TestCommand.Run("sh", "-ec", "cd \"$0\"; mkdir -p a/b; echo 1 > a/1; ln a/1 a/b/2; ln -s 1 a/link; chmod 4751 a/1; touch -d '2001-02-03 UTC' a", tree);
            string tar = state.File("layer.tar");
            TestCommand.Run("tar", "--format=" + format, "--numeric-owner", "-C", tree, "-cf", tar, ".");
            Check(state, File.ReadAllBytes(tar));
        }
    }

    [Fact]
    public void Attributes_OfFilesDirectoriesAndLinks_AreTheSame()
    {
        const string capability = "\u0001\0\0\u0002\0\u0004\0\0\0\0\0\0\0\0\0\0\0\0\0\0";
        using TemporaryState state = new();
        Check(state, new TarBuilder()
            .Pax(("SCHILY.xattr.user.note", "a\nb=c\0d"), ("SCHILY.xattr.user.empty", ""), ("mtime", "-1.25")).File("noted", "x", uid: 7)
            .Pax(("SCHILY.xattr.security.capability", capability), ("mtime", "8")).File("capable", "x", mode: 0x1ED, uid: 1, gid: 2)
            .Pax(("SCHILY.xattr.trusted.note", "of a link"), ("mtime", "9.999999999"), ("uid", "123456789")).SymbolicLink("l", "noted")
            .Pax(("SCHILY.xattr.user.note", "of a directory"), ("SCHILY.xattr.trusted.note", "t")).Directory("d/", mode: 0x1C0, mtime: 5)
            .Pax(("SCHILY.xattr.trusted.note", "of a pipe")).Header("d/pipe", '6')
            .Header("d/again", '1', link: "capable", mode: 0x1ED, uid: 1, gid: 2, mtime: 8)
            .End());
    }

    [Fact]
    public void RepeatedAndReplacedEntries_AreTheSame()
    {
        using TemporaryState state = new();
        Check(state, new TarBuilder()
            .Directory("d/", mode: 0x1C0, uid: 1, mtime: 3).File("d/f", "first", mode: 0x1FF, mtime: 4).File("d/f", "second, longer", uid: 2, mtime: 5)
            .Directory("d/", mode: 0x1ED, uid: 9, gid: 8, mtime: 6)
            .SymbolicLink("becomes-file", "d/f").File("becomes-file", "now a file", mtime: 7)
            .File("becomes-link", "x").SymbolicLink("becomes-link", "d")
            .Header("becomes-device", '6').Device("becomes-device", '3', 1, 5)
            .End());
    }

    private static void Check(TemporaryState state, byte[] tar)
    {
        if (!Environment.IsPrivilegedProcess)
        {
            Assert.Skip("needs root: owners, devices, trusted attributes, mounts");
        }

        string file = state.File("again.tar");
        File.WriteAllBytes(file, tar);
        string expected = Directory.CreateDirectory(state.File("expected")).FullName;
        TestCommand.Run("tar", "--xattrs", "--xattrs-include=*", "--numeric-owner", "--same-owner", "-C", expected, "-xpf", file);
        LayerPipeline pipeline = new(new LayerStore(state.Layout));
        string id = Assert.Single(pipeline.Assemble([MemoryLayer.Gzip(tar)]));
        using Fd theirs = FileAt.Open(null, expected, OpenFlags.Read | OpenFlags.Directory);
        using Fd ours = OverlayMount.Open(state, [id]);

        Assert.Equal(TreeListing.Of(theirs), TreeListing.Of(ours));
        MemoryStream remade = new();
        pipeline.WriteTar(id, remade);
        Assert.True(tar.SequenceEqual(remade.ToArray()), "the tar made again is another");
    }
}
