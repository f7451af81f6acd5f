using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>A kernel of Debian's that virtual machines boot: never installed, unpacked once and kept in <c>artifacts/vm</c>.</summary>
/// <param name="Name">Its version, as people call it.</param>
/// <param name="Suite">The part of Debian's archive that has it.</param>
/// <param name="Package">The package there that depends on the newest.</param>
internal sealed record GuestKernel(string Name, string Suite, string Package = "linux-image-amd64")
{
    /// <summary>What the disk and the agent need before the root is there. ext4 asks for its checksum by name only.</summary>
    private static readonly string[] s_early = ["virtio_pci", "virtio_blk", "virtio_console", "crc32c_generic", "ext4"];

    /// <summary>What the kernel may ask for once a test runs; a name that ends in a slash is a whole directory.</summary>
    private static readonly string[] s_later =
    [
        "overlay", "fuse", "xfs", "btrfs", "squashfs", "loop", "dm_mod", "dm_flakey", "null_blk", "bfq",
        "bridge", "br_netfilter", "veth", "tun", "dummy", "macvlan", "ipvlan", "vxlan", "virtio_net",
        "8021q", "net/netfilter/", "net/ipv4/netfilter/", "net/ipv6/netfilter/", "net/bridge/netfilter/",
    ];

    /// <summary>Counted up when <see cref="s_later"/>, or what else is kept, changes.</summary>
    private const int Revision = 3;

    private const string Kernel = "kernel";

    private readonly Lazy<string> _directory = new(() => Obtain(Name, Suite, Package));

    /// <summary>Debian 12's own.</summary>
    internal static GuestKernel Linux61 { get; } = new("6.1", "bookworm");

    /// <summary>Debian 13's, as it is built for Debian 12.</summary>
    internal static GuestKernel Linux612 { get; } = new("6.12", "bookworm-backports");

    /// <summary>Debian 11's, which is too old; as it is built for clouds, the smallest.</summary>
    internal static GuestKernel Linux510 { get; } = new("5.10", "bullseye", "linux-image-cloud-amd64");

    internal static IReadOnlyList<GuestKernel> All { get; } = [Linux61, Linux612, Linux510];

    /// <summary>The kernel, no longer compressed.</summary>
    internal string Image => Path.Combine(_directory.Value, Kernel);

    /// <summary>The initramfs that finds the system disk.</summary>
    internal string Initramfs => Path.Combine(_directory.Value, "initramfs");

    /// <summary>A tree with <c>lib/modules/RELEASE</c>, to be laid over the guest's root.</summary>
    internal string ModuleTree => Path.Combine(_directory.Value, "modules");

    /// <summary>Why it cannot be had; null where it can.</summary>
    internal string? Unavailable
    {
        get
        {
            try
            {
                _ = _directory.Value;
                return null;
            }
            catch (UnavailableException exception)
            {
                return $"there is no kernel {Name}: {exception.Message}";
            }
        }
    }

    private static string Obtain(string name, string suite, string kernelPackage)
    {
        string directory = Path.Combine(Repository.Root, "artifacts", "vm", $"linux-{name}-{Revision}");
        if (!File.Exists(Path.Combine(directory, Kernel)))
        {
            string staging = Directory.CreateDirectory($"{directory}.{Environment.ProcessId}").FullName;
            try
            {
                string package = new DebianArchive(suite, Path.Combine(staging, "apt")).DownloadKernel(kernelPackage);
                Unpack(package, staging);
                foreach (string rest in (string[])["apt", "root"])
                {
                    Directory.Delete(Path.Combine(staging, rest), recursive: true);
                }

                Directory.Move(staging, directory);
            }
            catch (IOException) when (File.Exists(Path.Combine(directory, Kernel)))
            {
                // Another run was faster.
            }
            finally
            {
                if (Directory.Exists(staging))
                {
                    Directory.Delete(staging, recursive: true);
                }
            }
        }

        // The initramfs holds a script of ours and is quickly made, so that it is never an old one.
        CpioArchive archive = new();
        archive.Directory("bin").File("bin/busybox", File.ReadAllBytes("/bin/busybox"), executable: true);
        archive.File("init", File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Guest", "initramfs-init")), executable: true);
        archive.Directory("modules");
        foreach (string module in Directory.EnumerateFiles(Path.Combine(directory, "early")).Order(StringComparer.Ordinal))
        {
            archive.File("modules/" + Path.GetFileName(module), File.ReadAllBytes(module));
        }

        string made = Path.Combine(directory, $"initramfs.{Environment.ProcessId}");
        File.WriteAllBytes(made, archive.ToArray());
        File.Move(made, Path.Combine(directory, "initramfs"), overwrite: true);
        return directory;
    }

    private static void Unpack(string package, string staging)
    {
        string root = Path.Combine(staging, "root");
        _ = new Command("dpkg-deb", "-x", package, root) { Timeout = TimeSpan.FromMinutes(5) }.Run().Output;
        string image = Directory.EnumerateFiles(Path.Combine(root, "boot"), "vmlinuz-*").Single();
        string release = Path.GetFileName(image)["vmlinuz-".Length..];
        string from = ((string[])["lib/modules", "usr/lib/modules"]).Select(path => Path.Combine(root, path, release)).First(Directory.Exists);

        KernelModules modules = new(from);
        string early = Directory.CreateDirectory(Path.Combine(staging, "early")).FullName;
        int position = 0;
        foreach (KernelModule module in modules.Closure(s_early))
        {
            File.WriteAllBytes(Path.Combine(early, $"{position++:D2}-{module.Name}.ko"), module.Content);
        }

        modules.Install(modules.Closure([.. s_early, .. s_later.Where(modules.Has)]), Path.Combine(staging, "modules", "lib", "modules", release));
        KernelImage.Unpack(image, Path.Combine(staging, Kernel));
    }

    /// <inheritdoc/>
    public override string ToString() => "Linux " + Name;
}
