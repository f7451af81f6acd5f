using System;
using System.Buffers;
using System.Globalization;
using System.IO;
using System.Text;

namespace FastRun.Layers.Tests.Pipeline.Tar;

/// <summary>Writes tars byte by byte (POSIX.1-2017, pax, "ustar Interchange Format"), also such as no tool would write.</summary>
internal sealed class TarBuilder
{
    private readonly ArrayBufferWriter<byte> _tar = new();

    internal TarBuilder Directory(string name, int mode = 0x1ED, uint uid = 0, uint gid = 0, long mtime = 1) =>
        Header(name, '5', mode: mode, uid: uid, gid: gid, mtime: mtime);

    internal TarBuilder File(string name, string content = "", int mode = 0x1A4, uint uid = 0, uint gid = 0, long mtime = 1)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(content);
        return Header(name, '0', size: bytes.Length, mode: mode, uid: uid, gid: gid, mtime: mtime).Raw(bytes).Pad();
    }

    internal TarBuilder SymbolicLink(string name, string target) => Header(name, '2', link: target, mode: 0x1FF);

    internal TarBuilder HardLink(string name, string target) => Header(name, '1', link: target);

    internal TarBuilder Device(string name, char type, int major, int minor) =>
        Header(name, type, major: major, minor: minor);

    /// <summary>A PAX extended header for the next entry.</summary>
    internal TarBuilder Pax(params (string Key, string Value)[] records)
    {
        MemoryStream content = new();
        foreach ((string key, string value) in records)
        {
            content.Write(PaxRecord(key, Encoding.UTF8.GetBytes(value)));
        }

        return Extended('x', content.ToArray());
    }

    internal TarBuilder Extended(char type, byte[] content) =>
        Header("extended", type, size: content.Length).Raw(content).Pad();

    internal TarBuilder Header(
        string name,
        char type,
        string link = "",
        long size = 0,
        int mode = 0x1A4,
        uint uid = 0,
        uint gid = 0,
        long mtime = 1,
        int major = 0,
        int minor = 0,
        string prefix = "",
        string magic = "ustar\000")
    {
        if (name.Length > 100 || link.Length > 100)
        {
            Pax(("path", name), ("linkpath", link));
            name = name[..Math.Min(name.Length, 100)];
            link = link[..Math.Min(link.Length, 100)];
        }

        byte[] block = new byte[512];
        Put(block, 0, name);
        Put(block, 100, Octal(mode, 7));
        Put(block, 108, Octal(uid, 7));
        Put(block, 116, Octal(gid, 7));
        Put(block, 124, Octal(size, 11));
        Put(block, 136, Octal(mtime, 11));
        block[156] = (byte)type;
        Put(block, 157, link);
        Put(block, 257, magic);
        Put(block, 329, Octal(major, 7));
        Put(block, 337, Octal(minor, 7));
        Put(block, 345, prefix);
        Seal(block);
        return Raw(block);
    }

    internal TarBuilder Raw(ReadOnlySpan<byte> bytes)
    {
        _tar.Write(bytes);
        return this;
    }

    internal TarBuilder Pad()
    {
        _tar.Write(new byte[-_tar.WrittenCount & 511]);
        return this;
    }

    /// <summary>The tar with its two blocks of zeros.</summary>
    internal byte[] End() => Raw(new byte[1024]).Cut();

    /// <summary>The tar as far as it was written.</summary>
    internal byte[] Cut() => _tar.WrittenSpan.ToArray();

    internal static byte[] PaxRecord(string key, byte[] value)
    {
        byte[] body = [.. Encoding.UTF8.GetBytes($" {key}="), .. value, (byte)'\n'];
        int length = body.Length + 1;
        while (length != body.Length + length.ToString(CultureInfo.InvariantCulture).Length)
        {
            length++;
        }

        return [.. Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)), .. body];
    }

    internal static void Seal(byte[] block)
    {
        Put(block, 148, "        ");
        int sum = 0;
        foreach (byte value in block)
        {
            sum += value;
        }

        Put(block, 148, Octal(sum, 6) + "\0 ");
    }

    private static string Octal(long value, int digits) => Convert.ToString(value, 8).PadLeft(digits, '0');

    private static void Put(byte[] block, int offset, string text) =>
        Encoding.Latin1.GetBytes(text).CopyTo(block, offset);
}
