using System.IO;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>A small root file system: Debian's busybox-static, a few users, and the usual empty directories.</summary>
internal static class BusyboxRoot
{
    internal const string Passwd =
        """
        root:x:0:0:root:/root:/bin/sh
        build:x:1000:1000:build:/home/build:/bin/sh
        nobody:x:65534:65534:nobody:/nonexistent:/bin/false

        """;

    internal const string Group =
        """
        root:x:0:
        disk:x:6:build
        build:x:1000:
        docker:x:999:build,nobody
        nogroup:x:65534:

        """;

    /// <summary>The tar of it.</summary>
    internal static LayerTar Tar()
    {
        LayerTar tar = new LayerTar().Directory("bin");
        tar.File("bin/busybox", File.ReadAllBytes("/bin/busybox"), mode: 0x1ED);
        foreach (string applet in Applets())
        {
            tar.HardLink("bin/" + applet, "bin/busybox", mode: 0x1ED);
        }

        return tar.Directory("etc").File("etc/passwd", Passwd).File("etc/group", Group)
            .Directory("home").Directory("home/build", uid: 1000, gid: 1000).Directory("root", mode: 0x1C0)
            .Directory("tmp", mode: 0x3FF).Directory("var").Directory("usr").Directory("usr/bin").SymbolicLink("usr/bin/env", "/bin/env");
    }

    /// <summary>A shell and what it takes to look at files, for tests that unpack it often.</summary>
    internal static LayerTar SmallTar()
    {
        LayerTar tar = new LayerTar().Directory("bin").File("bin/busybox", File.ReadAllBytes("/bin/busybox"), mode: 0x1ED);
        foreach (string applet in (string[])["sh", "cat", "grep"])
        {
            tar.HardLink("bin/" + applet, "bin/busybox", mode: 0x1ED);
        }

        return tar.Directory("etc").File("etc/passwd", Passwd).File("etc/group", Group).Directory("tmp", mode: 0x3FF);
    }

    /// <summary>The same as files in a directory, for tools that want one.</summary>
    internal static void Write(string directory)
    {
        string tar = directory + ".tar";
        File.WriteAllBytes(tar, Tar().ToArray());
        _ = Command.Output("tar", "--same-owner", "-C", directory, "-xpf", tar);
        File.Delete(tar);
    }

    private static string[] Applets() =>
        [.. System.Linq.Enumerable.Where(Command.Run("/bin/busybox", "--list").Lines, applet => applet != "busybox")];
}
