using System.Collections.Generic;
using System.Linq;
using System.Text;
using FastRun.Layers.Tests.Pipeline.Tar;
using static FastRun.EndToEnd.Tests.Attacks.ArchiveCase;

namespace FastRun.EndToEnd.Tests.Attacks;

/// <summary>Names that lead out, by themselves or through links.</summary>
internal static class NameCases
{
    private static readonly string s_up = string.Concat(Enumerable.Repeat("../", 30));

    internal static IEnumerable<ArchiveCase> All =>
    [
        Inside("dotdot-first", c => Tar.File(s_up + c[1..] + "/file", "attacked")),
        Inside("dotdot-in-the-middle", c => Tar.File("tmp/" + s_up + c[1..] + "/file", "attacked")),
        Inside("dotdot-behind-a-slash", c => Tar.File("/" + s_up + c[1..] + "/file", "attacked")),
        Inside("dotdot-directory", c => Tar.Directory(s_up + c[1..] + "/new/", mode: 0x1FF)),
        Inside("dotdot-symlink", c => Tar.SymbolicLink(s_up + c[1..] + "/file", "/etc/shadow")),
        Inside("dotdot-device", c => Tar.Device(s_up + c[1..] + "/null", '3', 1, 3)),
        Inside("dotdot-whiteout", c => Tar.File(s_up + c[1..] + "/.wh.file")),
        Inside("dotdot-opaque", c => Tar.File(s_up + c[1..] + "/.wh..wh..opq")),
        Inside("absolute-name", c => Tar.File(c + "/file", "attacked")),
        Inside("absolute-name-of-many-slashes", c => Tar.File("//" + c + "//file", "attacked")),
        Inside("dot-slash-forms", c => Tar.Directory("./").File("././/./x/.//y", "z").File(".//" + c + "/./file", "attacked")),
        Inside("trailing-slash-on-a-file", _ => Tar.File("x/", "content")),
        Inside("symlink-then-file-through-it", c => Tar.SymbolicLink("way", c).File("way/file", "attacked"), "echo attacked > /way/file || :"),
        Inside("symlink-upwards-then-file", c => Tar.SymbolicLink("way", s_up + c[1..]).File("way/file", "attacked")),
        Inside("symlink-to-root-then-file", c => Tar.SymbolicLink("way", "/").File("way" + c + "/file", "attacked")),
        Inside("symlink-chain", c => Tar.SymbolicLink("a", "b").SymbolicLink("b", "c").SymbolicLink("c", c).File("a/file", "attacked")),
        Inside("symlink-through-a-symlink", c => Tar.SymbolicLink("way", c).SymbolicLink("way/link", "/etc/passwd")),
        Inside("symlink-then-directory-over-it", c => Tar.SymbolicLink("way", c).Directory("way/", mode: 0).File("way/file", "attacked")),
        Inside("file-over-a-symlink", c => Tar.SymbolicLink("way", c + "/file").File("way", "attacked"), "echo attacked > /way"),
        Inside("directory-to-symlink-to-file", c => Tar.Directory("x/").File("x/y", "1").SymbolicLink("x", c).File("x/file", "attacked").File("x", "end")),
        Inside("symlink-to-proc-self-root", c => Tar.SymbolicLink("way", "/proc/self/root" + c).File("way/file", "attacked")),
        Inside("symlink-to-proc-self-cwd", _ => Tar.SymbolicLink("way", "/proc/self/cwd").File("way/../../../x", "attacked")),
        InsideOnTwo("symlink-of-a-lower-layer", c => Tar.SymbolicLink("way", c), c => Tar.File("way/file", "attacked")),
        InsideOnTwo("usr-merge-then-file", _ => Tar.Directory("usr/lib2/").SymbolicLink("lib2", "usr/lib2"), _ => Tar.File("lib2/x", "1"), "[ -f /usr/lib2/x ]"),
        InsideOnTwo("etc-of-the-host-as-lib", _ => Tar.SymbolicLink("lib3", "/../../../../etc"), _ => Tar.File("lib3/fastrun-attack", "1"), "[ -f /etc/fastrun-attack ]"),
        InsideOnTwo("whiteout-through-a-symlink", c => Tar.SymbolicLink("way", c), _ => Tar.File("way/.wh.file")),
        InsideOnTwo("opaque-through-a-symlink", c => Tar.SymbolicLink("way", c), _ => Tar.File("way/.wh..wh..opq")),
        Refused("hardlink-to-dotdot", c => Tar.HardLink("way", s_up + c[1..] + "/file").File("way", "attacked")),
        Refused("hardlink-to-absolute", c => Tar.HardLink("way", c + "/file").File("way", "attacked")),
        Refused("hardlink-through-a-symlink", c => Tar.SymbolicLink("dir", c).HardLink("way", "dir/file").File("way", "attacked")),
        Inside("hardlink-to-a-symlink", c => Tar.SymbolicLink("link", c + "/file").HardLink("way", "link").File("way", "attacked"), "echo attacked > /way"),
        Inside("hardlink-restates-a-symlink", c => Tar.SymbolicLink("link", c + "/file").Header("way", '1', link: "link", mode: 0x9FF, uid: 1000)),
        Refused("hardlink-to-a-directory", _ => Tar.Directory("d/").HardLink("way", "d")),
        Refused("hardlink-to-the-root", _ => Tar.HardLink("way", "/")),
        Refused("hardlink-over-its-own-parent", _ => Tar.Directory("d/").File("d/f").HardLink("d", "d/f")),
        Refused("hardlink-to-nothing", _ => Tar.HardLink("way", "missing")),
        Refused("symlink-loop", _ => Tar.SymbolicLink("loop", "loop").File("loop/x")),
        Refused("symlink-pair-loop", _ => Tar.SymbolicLink("a", "b").SymbolicLink("b", "a").File("a/x")),
        Refused("symlink-to-nothing", _ => Tar.SymbolicLink("way", "")),
        Refused("file-below-a-file", _ => Tar.File("f", "x").File("f/g", "y")),
        Refused("root-as-a-file", _ => Tar.File("./", "the root")),
        Refused("root-as-a-symlink", c => Tar.SymbolicLink("/", c)),
        Inside("root-by-dotdot", _ => Tar.Directory("a/..", mode: 0x1ED)),
        Inside("newline-and-escapes-in-a-name", _ => Tar.File("a\n\u001b[31mb\tc", "x")),
        Inside("invalid-utf8", _ => Tar.File("caf\u00E9\u00FF", "x")),
        Inside("name-of-255-bytes", _ => Tar.File(new string('n', 255), "x")),
        Refused("name-of-256-bytes", _ => Tar.File(new string('n', 256), "x")),
        Refused("path-of-more-than-4095-bytes", _ => Tar.File(string.Concat(Enumerable.Repeat("deep/", 900)) + "x", "x")),
        Refused("ten-thousand-directories-deep", _ => Tar.File(string.Concat(Enumerable.Repeat("d/", 10_000)) + "x", "x")),
        Inside("case-variants", _ => Tar.File("Etc/Passwd", "x").File("ETC/PASSWD", "y").File("etc/pasSwd", "z"), "grep -q root /etc/passwd"),
        Inside("gnu-long-name", c => Tar.Extended('L', Bytes(s_up + c[1..] + "/file\0")).File("short", "attacked")),
        Refused("gnu-long-link", c => Tar.Extended('K', Bytes(s_up + c[1..] + "/file\0")).HardLink("way", "short").File("way", "attacked")),
        Inside("pax-path", c => Tar.Pax(("path", s_up + c[1..] + "/file")).File("short", "attacked")),
        Inside("pax-linkpath", c => Tar.Pax(("linkpath", c)).SymbolicLink("way", "short").File("way/file", "attacked")),
        Refused("pax-path-with-nul", _ => Tar.Pax(("path", "a\0b")).File("x", "attacked")),
        Inside("global-pax-path", c => Tar.Extended('g', TarBuilder.PaxRecord("path", Bytes(c + "/file"))).File("x", "attacked")),
        Inside("name-with-nul", _ => Tar.Header("a\0../../b", '0')),
        Inside("ustar-prefix", c => Tar.Header("file", '0', prefix: s_up + c[1..])),
    ];

    private static TarBuilder Tar => new();

    private static byte[] Bytes(string text) => Encoding.UTF8.GetBytes(text);
}
