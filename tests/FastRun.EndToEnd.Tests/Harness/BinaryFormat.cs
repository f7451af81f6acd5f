using System;
using System.Diagnostics;
using System.IO;
using System.Linq;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>An interpreter of another machine's programs that the kernel knows (binfmt_misc) for as long as this is there.</summary>
internal sealed class BinaryFormat : IDisposable
{
    private readonly string _mounted;
    private readonly string _name;
    private readonly byte[] _header;
    private readonly bool _isOurs;

    private BinaryFormat(string mounted, string name, byte[] header, bool isOurs) => (_mounted, _name, _header, _isOurs) = (mounted, name, header, isOurs);

    /// <summary>The first 20 bytes of a program for riscv64.</summary>
    internal static byte[] Riscv64 { get; } = HeaderOf(243, 0);

    /// <summary>The first 20 bytes of a program for loong64.</summary>
    internal static byte[] Loong64 { get; } = HeaderOf(2, 1);

    /// <summary>Whether the machine has another one.</summary>
    internal bool HasOthers => Directory.GetFiles(_mounted)
        .Where(file => Path.GetFileName(file) is not ("status" or "register") && Path.GetFileName(file) != _name)
        .Any(file => File.ReadAllText(file).Contains(Convert.ToHexStringLower(_header, 16, 4), StringComparison.Ordinal));

    /// <summary>Registers one, or skips the test where the kernel does not let.</summary>
    internal static BinaryFormat Register(StateRoots roots, byte[] header, string interpreter, string flags)
    {
        string directory = "/proc/sys/fs/binfmt_misc";
        bool mounts = !File.Exists(directory + "/register");
        if (mounts)
        {
            directory = roots.NewDirectory("binfmt_misc");
            using Process mount = Process.Start("mount", ["-t", "binfmt_misc", "binfmt_misc", directory]);
            mount.WaitForExit();
            Assert.SkipWhen(mount.ExitCode != 0, "the kernel has no binfmt_misc, or this user may not mount it");
        }

        string name = $"fastrun-test-{Guid.NewGuid():N}";
        string mask = string.Concat(Enumerable.Range(0, 20).Select(static i => i is 7 ? "\\x00" : i is 16 ? "\\xfe" : "\\xff"));
        string magic = string.Concat(header.Select(static value => $"\\x{value:x2}"));
        try
        {
            File.WriteAllText(directory + "/register", $":{name}:M::{magic}:{mask}:{interpreter}:{flags}");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            new BinaryFormat(directory, name, header, mounts).Dispose();
            Assert.Skip($"this user may not register an interpreter: {e.Message}");
        }

        return new BinaryFormat(directory, name, header, mounts);
    }

    private static byte[] HeaderOf(byte low, byte high) => [0x7F, (byte)'E', (byte)'L', (byte)'F', 2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, low, high];

    /// <inheritdoc/>
    public void Dispose()
    {
        string entry = Path.Combine(_mounted, _name);
        if (File.Exists(entry))
        {
            File.WriteAllText(entry, "-1");
        }

        if (_isOurs)
        {
            using Process unmount = Process.Start("umount", ["-l", _mounted]);
            unmount.WaitForExit();
        }
    }
}
