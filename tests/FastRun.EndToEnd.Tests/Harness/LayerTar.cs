using System;
using System.Collections.Generic;
using System.Formats.Tar;
using System.IO;
using System.Text;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>Writes the tar of a layer entry by entry, in exactly the order of the calls.</summary>
internal sealed class LayerTar
{
    private static readonly DateTimeOffset s_time = new(2024, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private readonly List<TarEntry> _entries = [];

    /// <summary>Adds a directory.</summary>
    internal LayerTar Directory(string path, int mode = 0x1ED, int uid = 0, int gid = 0) =>
        Add(new PaxTarEntry(TarEntryType.Directory, path + "/"), mode, uid, gid);

    /// <summary>Adds a regular file.</summary>
    internal LayerTar File(string path, string content, int mode = 0x1A4, int uid = 0, int gid = 0) =>
        File(path, Encoding.UTF8.GetBytes(content), mode, uid, gid);

    /// <summary>Adds a regular file.</summary>
    internal LayerTar File(string path, byte[] content, int mode = 0x1A4, int uid = 0, int gid = 0) =>
        Add(new PaxTarEntry(TarEntryType.RegularFile, path) { DataStream = new MemoryStream(content) }, mode, uid, gid);

    /// <summary>Adds a symbolic link.</summary>
    internal LayerTar SymbolicLink(string path, string target) =>
        Add(new PaxTarEntry(TarEntryType.SymbolicLink, path) { LinkName = target }, 0x1FF, 0, 0);

    /// <summary>Adds a hard link to an entry before it, or to a file of a lower layer. Mode and owner are then those of this entry.</summary>
    internal LayerTar HardLink(string path, string target, int mode = 0x1A4) =>
        Add(new PaxTarEntry(TarEntryType.HardLink, path) { LinkName = target }, mode, 0, 0);

    /// <summary>Adds a fifo.</summary>
    internal LayerTar Fifo(string path) => Add(new PaxTarEntry(TarEntryType.Fifo, path), 0x1A4, 0, 0);

    /// <summary>Adds a character device.</summary>
    internal LayerTar CharacterDevice(string path, int major, int minor) =>
        Add(new PaxTarEntry(TarEntryType.CharacterDevice, path) { DeviceMajor = major, DeviceMinor = minor }, 0x1B6, 0, 0);

    /// <summary>Adds the marker that hides a name of the layers below.</summary>
    internal LayerTar Whiteout(string directory, string name) => File($"{directory}/.wh.{name}", "");

    /// <summary>Adds the marker that hides all that the layers below have in a directory.</summary>
    internal LayerTar Opaque(string directory) => File($"{directory}/.wh..wh..opq", "");

    /// <summary>The bytes of the tar; to be asked for once.</summary>
    internal byte[] ToArray()
    {
        using MemoryStream stream = new();
        using (TarWriter writer = new(stream, TarEntryFormat.Pax, leaveOpen: true))
        {
            _entries.ForEach(writer.WriteEntry);
        }

        return stream.ToArray();
    }

    private LayerTar Add(PaxTarEntry entry, int mode, int uid, int gid)
    {
        entry.Mode = (UnixFileMode)mode;
        entry.Uid = uid;
        entry.Gid = gid;
        entry.ModificationTime = s_time;
        _entries.Add(entry);
        return this;
    }
}
