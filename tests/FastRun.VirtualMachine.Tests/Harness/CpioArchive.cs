using System;
using System.Collections.Generic;
using System.Text;

namespace FastRun.VirtualMachine.Tests.Harness;

/// <summary>A cpio archive in the "newc" format, which the kernel unpacks as its initramfs (Documentation/driver-api/early-userspace/buffer-format).</summary>
internal sealed class CpioArchive
{
    private const int DirectoryMode = 0x41ED;
    private const int FileMode = 0x81A4;
    private const int ProgramMode = 0x81ED;

    private readonly List<byte> _archive = [];
    private int _inode;

    internal CpioArchive Directory(string path) => Add(path, DirectoryMode, []);

    internal CpioArchive File(string path, byte[] content, bool executable = false) =>
        Add(path, executable ? ProgramMode : FileMode, content);

    /// <summary>The bytes; to be asked for once.</summary>
    internal byte[] ToArray()
    {
        Add("TRAILER!!!", 0, []);
        return [.. _archive];
    }

    private CpioArchive Add(string path, int mode, byte[] content)
    {
        // ino, mode, uid, gid, nlink, mtime, filesize, devmajor, devminor, rdevmajor, rdevminor, namesize, check
        ReadOnlySpan<int> fields = [++_inode, mode, 0, 0, 1, 0, content.Length, 0, 0, 0, 0, path.Length + 1, 0];
        StringBuilder header = new("070701");
        foreach (int field in fields)
        {
            header.Append(field.ToString("X8", System.Globalization.CultureInfo.InvariantCulture));
        }

        _archive.AddRange(Encoding.ASCII.GetBytes($"{header}{path}\0"));
        Pad();
        _archive.AddRange(content);
        Pad();
        return this;
    }

    private void Pad() => _archive.AddRange(new byte[-_archive.Count & 3]);
}
