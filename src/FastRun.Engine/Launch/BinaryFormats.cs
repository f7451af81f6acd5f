using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Globalization;
using System.Text;
using FastRun.Layers.Oci;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Launch;

/// <summary>
/// What the kernel does with the programs of other machines: binfmt_misc(5) hands them to an interpreter, such as qemu-user, where one is
/// registered for them (Documentation/admin-guide/binfmt-misc.rst).
/// </summary>
internal static class BinaryFormats
{
    private const string FilesystemType = "binfmt_misc";
    private const string Mounted = "/proc/sys/fs/binfmt_misc";
    private const string StatusName = "status";
    private const int LargestEntry = 64 * 1024;

    /// <summary>What the kernel looks at of a program.</summary>
    private const int HeaderSize = 256;
    private const int Executable = 2;

    /// <summary>e_machine, whether words have 64 bits, and whether the first byte of one is its highest (elf(5)), by Go's names.</summary>
    private static readonly Dictionary<string, (ushort Machine, bool Is64, bool IsBigEndian)> s_machines = new(StringComparer.Ordinal)
    {
        ["386"] = (3, false, false),
        ["amd64"] = (62, true, false),
        ["arm"] = (40, false, false),
        ["arm64"] = (183, true, false),
        ["loong64"] = (258, true, false),
        ["mips"] = (8, false, true),
        ["mips64"] = (8, true, true),
        ["mips64le"] = (8, true, false),
        ["mipsle"] = (8, false, false),
        ["ppc64"] = (21, true, true),
        ["ppc64le"] = (21, true, false),
        ["riscv64"] = (243, true, false),
        ["s390x"] = (22, true, true),
    };

    /// <summary>Whether this machine's processor may execute it: the kernel says no where it does not after all.</summary>
    internal static bool IsNative(Platform platform) =>
        platform.DistanceFrom(Platform.Host) >= 0
        || (platform.Os == Platform.Host.Os
            && (platform.Architecture, Platform.Host.Architecture) is ("386", "amd64") or ("arm", "arm64") or ("amd64", "amd64") or ("arm64", "arm64"));

    /// <summary>The interpreter that the kernel gives programs of a platform to; null where none is registered, or they are not Linux's.</summary>
    internal static Interpreter? InterpreterOf(Platform platform)
    {
        if (platform.Os != Platform.Host.Os || !s_machines.TryGetValue(platform.Architecture, out var machine))
        {
            return null;
        }

        using Fd? entries = Open();
        if (entries is null || !IsEnabled(entries, StatusName))
        {
            return null;
        }

        byte[] header = HeaderOf(machine.Machine, machine.Is64, machine.IsBigEndian);
        Interpreter? found = null;
        foreach (DirectoryEntry entry in DirectoryContent.ReadAll(entries, "."))
        {
            // One that is fixed works in any root; it is the better one of two.
            if (entry.Text is not (StatusName or "register") && found is not { IsFixed: true }
                && FileContent.TryReadAll(entries, entry.Text, LargestEntry) is { } text)
            {
                found = Parse(Encoding.UTF8.GetString(text), header) ?? found;
            }
        }

        return found;
    }

    /// <summary>An entry as the kernel shows it, where it is for programs with a header.</summary>
    internal static Interpreter? Parse(string entry, ReadOnlySpan<byte> header)
    {
        string? path = null;
        string flags = "";
        int offset = 0;
        byte[]? magic = null;
        byte[]? mask = null;
        string[] lines = entry.Split('\n');
        foreach (string line in lines)
        {
            int blank = line.IndexOf(' ', StringComparison.Ordinal);
            string value = blank < 0 ? "" : line[(blank + 1)..];
            switch (blank < 0 ? line : line[..blank])
            {
                case "interpreter":
                    path = value;
                    break;
                case "flags:":
                    flags = value;
                    break;
                case "offset" when int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out int at):
                    offset = at;
                    break;
                case "magic":
                    magic = Bytes(value);
                    break;
                case "mask":
                    mask = Bytes(value);
                    break;
                default:
                    break;
            }
        }

        return lines[0] == "enabled" && path is { Length: > 0 } && magic is not null && Matches(header, offset, magic, mask)
            ? new Interpreter(path, flags.Contains('F', StringComparison.Ordinal))
            : null;
    }

    /// <summary>The first bytes of a program for Linux.</summary>
    internal static byte[] HeaderOf(ushort machine, bool is64, bool isBigEndian)
    {
        byte[] header = new byte[HeaderSize];
        "\u007FELF"u8.CopyTo(header);
        header[4] = (byte)(is64 ? 2 : 1);
        header[5] = (byte)(isBigEndian ? 2 : 1);
        header[6] = 1;
        if (isBigEndian)
        {
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(16), Executable);
            BinaryPrimitives.WriteUInt16BigEndian(header.AsSpan(18), machine);
        }
        else
        {
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(16), Executable);
            BinaryPrimitives.WriteUInt16LittleEndian(header.AsSpan(18), machine);
        }

        return header;
    }

    private static bool Matches(ReadOnlySpan<byte> header, int offset, byte[] magic, byte[]? mask)
    {
        if (offset > header.Length - magic.Length || (mask is not null && mask.Length != magic.Length))
        {
            return false;
        }

        for (int i = 0; i < magic.Length; i++)
        {
            if (((header[offset + i] ^ magic[i]) & (mask?[i] ?? 0xFF)) != 0)
            {
                return false;
            }
        }

        return true;
    }

    private static byte[]? Bytes(string hex)
    {
        try
        {
            return Convert.FromHexString(hex);
        }
        catch (FormatException)
        {
            return null;
        }
    }

    /// <summary>Where it is mounted, or else a mount of it that nobody else sees.</summary>
    private static Fd? Open()
    {
        Fd? mounted = FileAt.TryOpen(null, Mounted, OpenFlags.PathOnly | OpenFlags.Directory, 0, ResolveFlags.None, out _);
        if (mounted is not null && FileAt.TryStat(mounted, StatusName, out _) == Errno.None)
        {
            return mounted;
        }

        mounted?.Dispose();
        try
        {
            using FilesystemContext context = new(FilesystemType);
            return context.CreateMount(MountAttributes.NoSuid | MountAttributes.NoDev | MountAttributes.NoExec);
        }
        catch (SyscallException)
        {
            return null;
        }
    }

    private static bool IsEnabled(Fd entries, string name) =>
        FileContent.TryReadAll(entries, name, LargestEntry) is { } text && text.AsSpan().StartsWith("enabled"u8);
}
