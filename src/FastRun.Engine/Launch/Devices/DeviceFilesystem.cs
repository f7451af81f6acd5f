using System;
using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Mounts;

namespace FastRun.Engine.Launch.Devices;

/// <summary>
/// /dev of one container, made by the parent: a tmpfs with the device nodes, and what is mounted below it
/// (runtime-spec, config-linux, "Default Devices").
/// </summary>
internal sealed class DeviceFilesystem : IDisposable
{
    private const int ReadWriteByAll = 0b_110_110_110;

    private DeviceFilesystem(Fd mount, Fd nullDevice, Fd terminals, Fd? sharedMemory)
    {
        Mount = mount;
        Null = nullDevice;
        Terminals = terminals;
        SharedMemory = sharedMemory;
    }

    /// <summary>The tmpfs, detached.</summary>
    internal Fd Mount { get; }

    /// <summary>Its null node, which masks files.</summary>
    internal Fd Null { get; }

    /// <summary>The devpts instance, detached.</summary>
    internal Fd Terminals { get; }

    /// <summary>/dev/shm, detached; null where the request mounts something else there, or wants none.</summary>
    internal Fd? SharedMemory { get; }

    /// <summary>Makes the file systems and nodes.</summary>
    /// <param name="sharedMemoryBytes">The size of /dev/shm; null where the request mounts something else there, or has that of others.</param>
    /// <param name="sharedMemory">The /dev/shm of others, detached, which is taken over; null for one of its own.</param>
    /// <param name="root">The container's root, for devices that are wanted outside of /dev.</param>
    /// <param name="extra">Devices of the host.</param>
    internal static DeviceFilesystem Create(long? sharedMemoryBytes, Fd? sharedMemory, Fd root, IReadOnlyList<DeviceNode> extra)
    {
        Fd mount = MakeTmpfs();
        Fd? nullDevice = null;
        Fd? terminals = null;
        try
        {
            MakeNodes(mount);
            foreach (DeviceNode node in extra)
            {
                node.Make(root, mount);
            }

            nullDevice = FileAt.Open(mount, "null", OpenFlags.PathOnly);
            terminals = MakeTerminals();
            sharedMemory ??= sharedMemoryBytes is { } bytes ? MakeSharedMemory(bytes) : null;
            return new DeviceFilesystem(mount, nullDevice, terminals, sharedMemory);
        }
        catch
        {
            sharedMemory?.Dispose();
            terminals?.Dispose();
            nullDevice?.Dispose();
            mount.Dispose();
            throw;
        }
    }

    /// <summary>Makes /dev/console, for a terminal to be bound on.</summary>
    internal void MakeConsole()
    {
        using Fd console = FileAt.Open(Mount, "console", OpenFlags.Write | OpenFlags.Create, ReadWriteByAll);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        SharedMemory?.Dispose();
        Terminals.Dispose();
        Null.Dispose();
        Mount.Dispose();
    }

    private static Fd MakeTmpfs()
    {
        using FilesystemContext context = new("tmpfs");
        context.Set("mode", "0755");
        context.Set("size", "65536k");
        return context.CreateMount(MountAttributes.NoSuid | MountAttributes.StrictAtime);
    }

    private static void MakeNodes(Fd mount)
    {
        MakeNode(mount, "null", 1, 3);
        MakeNode(mount, "zero", 1, 5);
        MakeNode(mount, "full", 1, 7);
        MakeNode(mount, "random", 1, 8);
        MakeNode(mount, "urandom", 1, 9);
        MakeNode(mount, "tty", 5, 0);
        FileAt.MakeSymbolicLink("pts/ptmx", mount, "ptmx");
        FileAt.MakeSymbolicLink("/proc/self/fd", mount, "fd");
        FileAt.MakeSymbolicLink("/proc/self/fd/0", mount, "stdin");
        FileAt.MakeSymbolicLink("/proc/self/fd/1", mount, "stdout");
        FileAt.MakeSymbolicLink("/proc/self/fd/2", mount, "stderr");
        FileAt.MakeSymbolicLink("/proc/kcore", mount, "core");
        FileAt.MakeDirectory(mount, "pts", 0b_111_101_101);
        FileAt.MakeDirectory(mount, "shm", 0b_111_101_101);
        FileAt.MakeDirectory(mount, "mqueue", 0b_111_101_101);
    }

    private static void MakeNode(Fd mount, string name, uint major, uint minor) =>
        FileAt.MakeNode(mount, name, FileType.CharacterDevice, ReadWriteByAll, new DeviceNumber(major, minor));

    private static Fd MakeTerminals()
    {
        using FilesystemContext context = new("devpts");
        context.Set("newinstance");
        context.Set("ptmxmode", "0666");
        context.Set("mode", "0620");
        context.Set("gid", "5");
        return context.CreateMount(MountAttributes.NoSuid | MountAttributes.NoExec);
    }

    private static Fd MakeSharedMemory(long bytes)
    {
        using FilesystemContext context = new("tmpfs");
        context.Set("mode", "1777");
        context.Set("size", bytes.ToString(System.Globalization.CultureInfo.InvariantCulture));
        return context.CreateMount(MountAttributes.NoSuid | MountAttributes.NoExec | MountAttributes.NoDev);
    }
}
