using System;
using System.Collections.Generic;
using System.Linq;
using FastRun.Layers.Tests.Pipeline.Tar;
using static FastRun.EndToEnd.Tests.Attacks.ArchiveCase;

namespace FastRun.EndToEnd.Tests.Attacks;

/// <summary>Whiteouts, overlayfs's own marks, devices, odd numbers, and archives that are none.</summary>
internal static class MetadataCases
{
    internal static IEnumerable<ArchiveCase> All =>
    [
        Refused("whiteout-of-nothing", _ => Tar.File("tmp/.wh.")),
        Refused("whiteout-of-dot", _ => Tar.File("tmp/.wh..")),
        Refused("whiteout-of-dotdot", _ => Tar.File("tmp/.wh...")),
        Inside("whiteout-of-dots-more", _ => Tar.File("tmp/.wh....")),
        Inside("aufs-directory", _ => Tar.Directory(".wh..wh.plnk/").File(".wh..wh.plnk/1.2", "x").Directory(".wh..wh.aufs/"), "[ ! -e /.wh..wh.plnk ]"),
        Inside("whiteout-as-a-directory", _ => Tar.Directory("etc/.wh.passwd/"), "[ ! -e /etc/passwd ]"),
        Inside("opaque-before-and-behind", _ => Tar.Directory("etc/").File("etc/.wh..wh..opq").File("etc/new", "x").File("etc/.wh..wh..opq"), "[ -f /etc/new ] && [ ! -e /etc/passwd ]"),
        Inside("whiteout-and-entry-of-one-name", _ => Tar.File("etc/.wh.passwd").File("etc/passwd", "new"), "grep -q new /etc/passwd"),
        Inside("device-0-0-as-a-whiteout", _ => Tar.Directory("etc/").Device("etc/passwd", '3', 0, 0), "grep -q root /etc/passwd"),
        Inside("device-0-0-then-file", _ => Tar.Device("x", '3', 0, 0).File("x", "1").Device("y/z", '3', 0, 0), "[ -f /x ] && [ ! -e /y/z ]"),
        Inside("block-device-0-0", _ => Tar.Device("block", '4', 0, 0)),
        Inside("device-of-a-disk", _ => Tar.Device("disk", '4', 8, 0).Device("mem", '3', 1, 1), "! cat /mem 2>/dev/null"),
        Inside("overlay-opaque-xattr", _ => Tar.Pax(("SCHILY.xattr.trusted.overlay.opaque", "y"), ("SCHILY.xattr.user.overlay.opaque", "y")).Directory("etc/"), "grep -q root /etc/passwd"),
        Inside("overlay-redirect-xattr", _ => Tar.Pax(("SCHILY.xattr.trusted.overlay.redirect", "/etc")).Directory("other/"), "[ ! -e /other/passwd ]"),
        Inside("overlay-metacopy-xattr", _ => Tar.Pax(("SCHILY.xattr.trusted.overlay.metacopy", ""), ("SCHILY.xattr.trusted.overlay.redirect", "/etc/passwd")).File("x"), "[ ! -s /x ]"),
        Inside("overlay-whiteout-xattr", _ => Tar.Pax(("SCHILY.xattr.user.overlay.whiteout", ""), ("SCHILY.xattr.trusted.overlay.whiteout", "")).File("x", "1"), "[ -s /x ]"),
        Inside("capability-xattr", _ => Tar.Pax(("SCHILY.xattr.security.capability", "\u0001\0\0\u0002\0\u0004\0\0\0\0\0\0\0\0\0\0\0\0\0\0")).File("ping", "x", mode: 0x1ED)),
        Refused("capability-xattr-of-rubbish", _ => Tar.Pax(("SCHILY.xattr.security.capability", "rubbish")).File("ping", "x")),
        Refused("xattr-of-a-mebibyte", _ => Tar.Pax(("SCHILY.xattr.user.big", new string('x', 1_048_500))).File("big", "x")),
        Refused("xattr-name-too-long", _ => Tar.Pax(("SCHILY.xattr.user." + new string('n', 300), "x")).File("x")),
        Refused("fifty-thousand-xattrs", _ => Tar.Pax([.. Enumerable.Range(0, 30_000).Select(i => ($"SCHILY.xattr.user.{i}", "x"))]).File("x")),
        Inside("user-xattr-of-a-symlink", _ => Tar.Pax(("SCHILY.xattr.user.a", "x")).SymbolicLink("l", "t")),
        Inside("setuid-and-sticky", _ => Tar.File("su", "x", mode: 0xFFF).Directory("sticky/", mode: 0xFFF), "[ -u /su ] && [ -k /sticky ]"),
        Inside("fifo", _ => Tar.Header("pipe", '6'), "[ -p /pipe ]"),
        new("fifo-over-passwd", Outcome.NotStarted, _ => [Tar.Header("etc/passwd", '6').End()]),
        Refused("socket-type", _ => Tar.Header("sock", 's')),
        Refused("unknown-type", _ => Tar.Header("x", 'Z')),
        Refused("sparse-gnu", _ => Tar.Header("x", 'S', size: 512, magic: "ustar  \0").Raw(new byte[512])),
        Refused("sparse-pax-0.0", _ => Tar.Pax(("GNU.sparse.size", "9"), ("GNU.sparse.numblocks", "1"), ("GNU.sparse.offset", "0"), ("GNU.sparse.numbytes", "9")).File("x", "123456789")),
        Refused("sparse-pax-0.1", _ => Tar.Pax(("GNU.sparse.size", "9"), ("GNU.sparse.map", "0,9"), ("GNU.sparse.name", "../../x")).File("x", "123456789")),
        Refused("sparse-pax-1.0", _ => Tar.Pax(("GNU.sparse.major", "1"), ("GNU.sparse.minor", "0"), ("GNU.sparse.name", "/etc/x"), ("GNU.sparse.realsize", "9223372036854775807")).File("x", "1\n0\n9\n")),
        Refused("uid-of-minus-one", _ => Tar.Pax(("uid", "-1")).File("x")),
        Refused("uid-beyond-32-bits", _ => Tar.Pax(("uid", "4294967296")).File("x")),
        Refused("uid-that-means-no-change", _ => Tar.Pax(("uid", "4294967295")).File("x")),
        Inside("largest-uid", _ => Tar.Pax(("uid", "4294967294"), ("gid", "4294967294")).File("x")),
        Refused("uid-of-rubbish", _ => Tar.Pax(("uid", "0x0")).File("x")),
        Inside("mtime-before-and-behind-all-time", _ => Tar.Pax(("mtime", "-9223372036854775808.5")).File("x").Pax(("mtime", "9223372036854775807")).File("y")),
        Refused("mtime-of-rubbish", _ => Tar.Pax(("mtime", "1e9")).File("x")),
        Refused("pax-size-negative", _ => Tar.Pax(("size", "-1")).File("x", "y")),
        Refused("pax-size-of-the-moon", _ => Tar.Pax(("size", "9223372036854775807")).File("x", "y")),
        Refused("pax-record-too-long", _ => Tar.Extended('x', "99 path=x\n"u8.ToArray()).File("x")),
        Refused("pax-record-without-newline", _ => Tar.Extended('x', "9 path=xy"u8.ToArray()).File("x")),
        Refused("pax-header-of-two-mebibytes", _ => Tar.Extended('x', TarBuilder.PaxRecord("comment", new byte[2 << 20])).File("x")),
        Refused("global-pax-of-two-mebibytes", _ => Tar.Extended('g', TarBuilder.PaxRecord("comment", new byte[2 << 20])).File("x")),
        Refused("long-name-of-two-mebibytes", _ => Tar.Extended('L', new byte[2 << 20]).File("x")),
        Refused("size-of-eight-gibibytes", _ => Tar.Header("x", '0', size: (8L << 30) - 1)),
        new("checksum-fault", Outcome.Refused, _ => [Changed(block => block[0] ^= 1, seal: false)]),
        new("size-negative-in-base-256", Outcome.Refused, _ => [Changed(block => block[124..136].Fill(0xFF), seal: true)]),
        new("size-with-a-minus", Outcome.Refused, _ => [Changed(block => block[124] = (byte)'-', seal: true)]),
        new("uid-beyond-in-base-256", Outcome.Refused, _ => [Changed(block => "\u0080\u0000\u0000\u0001\u0000\u0000\u0000\u0000".Select(c => (byte)c).ToArray().CopyTo(block[108..]), seal: true)]),
        new("mode-with-rubbish-above", Outcome.Inside, _ => [Changed(block => "7777644\0"u8.CopyTo(block[100..]), seal: true)]),
        new("truncated-in-a-header", Outcome.Refused, _ => [Example[..300]]),
        new("truncated-in-content", Outcome.Refused, _ => [Example[..700]]),
        new("truncated-behind-an-extended-header", Outcome.Refused, _ => [Tar.Pax(("path", "x")).Cut()]),
        new("no-end-of-archive", Outcome.Inside, _ => [Tar.File("x", "y").Cut()]),
        new("junk-behind-the-end", Outcome.Inside, _ => [[.. Example, .. Tar.File("etc/passwd", "attacked").Cut()]]),
        new("no-tar-at-all", Outcome.Refused, _ => [Enumerable.Repeat((byte)'j', 2000).ToArray()]),
        new("zeros-only", Outcome.Inside, _ => [new byte[10_240]]),
        new("gzip-in-gzip", Outcome.Refused, _ => [[0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3, .. new byte[600]]]),
    ];

    private delegate void Change(Span<byte> block);

    private static TarBuilder Tar => new();

    private static byte[] Example => Tar.File("x", new string('c', 600)).End();

    private static byte[] Changed(Change change, bool seal)
    {
        byte[] tar = Example;
        byte[] block = tar[..512];
        change(block);
        if (seal)
        {
            TarBuilder.Seal(block);
        }

        block.CopyTo(tar, 0);
        return tar;
    }
}
