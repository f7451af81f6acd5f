using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.VirtualMachine.Tests.Harness;

[assembly: AssemblyFixture(typeof(GuestSystem))]

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>
/// The disk with the guests' root: busybox, the binary under test, the kernels' modules, and the images in <c>/images</c>. Made
/// once per run; every machine writes to a copy that is gone with it.
/// </summary>
public sealed class GuestSystem : IDisposable
{
    private const long DiskSize = 1L << 30;
    private const string Plugins = "/usr/lib/cni";

    /// <summary>Whether the guests have CNI's plugins.</summary>
    internal static bool HasPlugins { get; } = File.Exists(Path.Combine(Plugins, "bridge"));

    private readonly string _directory = Directory.CreateTempSubdirectory("fastrun-vm-").FullName;
    private readonly Lazy<string> _disk;

    public GuestSystem() => _disk = new(Make);

    /// <summary>The disk's file. It holds the modules of every kernel that can be had.</summary>
    internal string Disk => _disk.Value;

    /// <summary>Makes a directory for files of one machine.</summary>
    internal string NewDirectory(string name) => Directory.CreateDirectory(Path.Combine(_directory, $"{name}-{Guid.NewGuid():N}")).FullName;

    /// <inheritdoc/>
    public void Dispose() => Directory.Delete(_directory, recursive: true);

    private string Make()
    {
        string root = Path.Combine(_directory, "root");
        foreach (string directory in (string[])["dev", "proc", "sys", "run", "tmp", "mnt", "root", "home", "data", "sbin", "usr/bin", "usr/sbin", "var/lib", "var/tmp", "etc", "bin", "images"])
        {
            Directory.CreateDirectory(Path.Combine(root, directory));
        }

        File.Copy("/bin/busybox", Path.Combine(root, "bin/busybox"));
        foreach (string applet in Command.Run("/bin/busybox", "--list").Lines.Where(static applet => applet != "busybox"))
        {
            File.CreateSymbolicLink(Path.Combine(root, "bin", applet), "busybox");
        }

        File.CreateSymbolicLink(Path.Combine(root, "sbin/init"), "../bin/busybox");
        File.CreateSymbolicLink(Path.Combine(root, "sbin/modprobe"), "../bin/busybox");
        File.Copy(Repository.Binary, Path.Combine(root, "bin/fastrun"));
        foreach (string file in Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Guest")))
        {
            string target = Path.Combine(root, "etc", Path.GetFileName(file));
            File.Copy(file, target);
            File.SetUnixFileMode(target, (UnixFileMode)0x1ED);
        }

        File.WriteAllText(Path.Combine(root, "etc/passwd"), BusyboxRoot.Passwd);
        File.WriteAllText(Path.Combine(root, "etc/group"), BusyboxRoot.Group);
        File.WriteAllText(Path.Combine(root, "etc/hosts"), "127.0.0.1 localhost guest\n");
        File.WriteAllText(Path.Combine(root, "etc/resolv.conf"), "nameserver 127.0.0.1\n");
        GuestImages.Write(Path.Combine(root, "images"));
        CopyPlugins(root);

        // They are fetched side by side.
        foreach (GuestKernel kernel in GuestKernel.All.AsParallel().AsOrdered().Where(static kernel => kernel.Unavailable is null).ToArray())
        {
            _ = Command.Output("cp", "-r", Path.Combine(kernel.ModuleTree, "."), root);
        }

        string disk = Path.Combine(_directory, "system.ext4");
        MakeDisk(disk, DiskSize, ["-d", root]);
        Directory.Delete(root, recursive: true);
        return disk;
    }

    /// <summary>The two plugins that a network needs, with the libraries that Debian links them with.</summary>
    private static void CopyPlugins(string root)
    {
        foreach (string plugin in HasPlugins ? (string[])["bridge", "host-local"] : [])
        {
            string program = Path.Combine(Plugins, plugin);
            IEnumerable<string> libraries = Command.Run("ldd", program).Stdout.Split((char[])[' ', '\t', '\n']).Where(static word => word.StartsWith('/'));
            foreach (string file in (string[])[program, .. libraries])
            {
                string target = root + file;
                Directory.CreateDirectory(Path.GetDirectoryName(target)!);
                File.Copy(file, target, overwrite: true);
            }
        }
    }

    /// <summary>Makes a file with an ext4 file system, which takes no more room than what is in it.</summary>
    internal static void MakeDisk(string path, long size, params IReadOnlyList<string> options)
    {
        using (FileStream file = File.Create(path))
        {
            file.SetLength(size);
        }

        _ = Command.Output("mke2fs", ["-q", "-F", "-t", "ext4", "-E", "root_owner=0:0,lazy_itable_init=1", .. options, path]);
    }
}
