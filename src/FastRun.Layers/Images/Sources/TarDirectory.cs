using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using FastRun.Layers.Oci;
using Microsoft.Win32.SafeHandles;

namespace FastRun.Layers.Images.Sources;

/// <summary>
/// Walks the headers of an image archive (ustar with PAX and GNU long names; pax(1), "ustar Interchange Format"). An
/// image archive holds some dozens of plain files: everything else is skipped, not interpreted.
/// </summary>
internal static class TarDirectory
{
    private const int BlockSize = 512;
    private const int MaxMembers = 65_536;
    private const int MaxExtendedHeader = 1 << 20;

    // No file of an image has a name near this (PATH_MAX); the names of all members are kept.
    private const int MaxName = 4096;

    internal static Dictionary<string, TarMember> Read(SafeFileHandle file, long fileSize, string subject)
    {
        Dictionary<string, TarMember> members = new(StringComparer.Ordinal);
        byte[] header = new byte[BlockSize];
        long at = 0;
        int count = 0;
        Extended extended = default;
        while (at + BlockSize <= fileSize && ReadFully(file, header, at))
        {
            if (!header.AsSpan().ContainsAnyExcept((byte)0))
            {
                return members;
            }

            RequireHeader(header, at, subject);
            if (++count > MaxMembers)
            {
                throw new CorruptContentException(subject, $"the archive has more than {MaxMembers} entries");
            }

            char type = (char)header[156];

            // A PAX size is that of the member it stands before, not of the other extended headers between.
            long size = type is >= '1' and <= '6' ? 0
                : (type is 'x' or 'g' or 'L' or 'K' ? null : extended.Size) ?? Number(header.AsSpan(124, 12), subject);
            long content = at + BlockSize;
            if (size < 0)
            {
                throw new CorruptContentException(subject, $"the archive is damaged at byte {at}: a size is no number");
            }

            if (size > fileSize - content)
            {
                throw new CorruptContentException(
                    subject, $"the archive is truncated: an entry at byte {at} needs {size - (fileSize - content)} bytes more");
            }

            switch (type)
            {
                case 'x' or 'L' or 'K':
                    extended = ReadExtended(file, content, size, type, extended, subject);
                    break;
                case 'g':
                    break;
                default:
                    if (extended.Name is { Length: > MaxName } || extended.LinkTarget is { Length: > MaxName })
                    {
                        throw new CorruptContentException(
                            subject, $"the archive has a name of more than {MaxName} characters");
                    }

                    Add(members, header, type, content, size, extended);
                    extended = default;
                    break;
            }

            at = content + ((size + BlockSize - 1) & ~(long)(BlockSize - 1));
        }

        // Some writers leave out the two blocks of zeros at the end; an empty file is not an archive.
        return count > 0 ? members : throw new CorruptContentException(subject, "not a tar archive");
    }

    /// <summary>A name as the table spells it: relative, without <c>.</c>; null where it leads out of the archive.</summary>
    internal static string? Normalize(string name)
    {
        List<string> parts = [];
        foreach (string part in name.Split('/'))
        {
            switch (part)
            {
                case "" or ".":
                    break;
                case ".." when parts.Count == 0:
                    return null;
                case "..":
                    parts.RemoveAt(parts.Count - 1);
                    break;
                default:
                    parts.Add(part);
                    break;
            }
        }

        return string.Join('/', parts);
    }

    private static void Add(
        Dictionary<string, TarMember> members, byte[] header, char type, long content, long size, in Extended extended)
    {
        string? name = Normalize(extended.Name ?? HeaderName(header));
        if (string.IsNullOrEmpty(name))
        {
            return;
        }

        string target = extended.LinkTarget ?? Text(header.AsSpan(157, 100));
        switch (type)
        {
            case '0' or '\0' or '7':
                members[name] = new TarMember(content, size, null);
                break;
            case '1' when Normalize(target) is { Length: > 0 } hard:
                members[name] = new TarMember(0, 0, hard);
                break;
            case '2' when Normalize(Path.GetDirectoryName(name) + "/" + target) is { Length: > 0 } symbolic
                && !target.StartsWith('/'):
                members[name] = new TarMember(0, 0, symbolic);
                break;
            default:
                // A directory, a device, or a link that leads out: whatever had the name before is gone.
                members.Remove(name);
                break;
        }
    }

    private static string HeaderName(byte[] header)
    {
        string name = Text(header.AsSpan(0, 100));
        string prefix = header.AsSpan(257, 6).SequenceEqual("ustar\0"u8) ? Text(header.AsSpan(345, 155)) : "";
        return prefix.Length == 0 ? name : $"{prefix}/{name}";
    }

    private static Extended ReadExtended(
        SafeFileHandle file, long offset, long size, char type, Extended extended, string subject)
    {
        if (size > MaxExtendedHeader)
        {
            throw new CorruptContentException(subject, "the archive has an extended header of more than 1 MiB");
        }

        byte[] content = new byte[size];
        if (!ReadFully(file, content, offset))
        {
            throw new CorruptContentException(subject, "the archive is truncated");
        }

        return type switch
        {
            'L' => extended with { Name = Text(content) },
            'K' => extended with { LinkTarget = Text(content) },
            _ => ReadPax(content, extended, subject),
        };
    }

    private static Extended ReadPax(ReadOnlySpan<byte> records, Extended extended, string subject)
    {
        while (!records.IsEmpty)
        {
            int space = records.IndexOf((byte)' ');
            if (space <= 0
                || !int.TryParse(records[..space], NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                || length <= space + 1
                || length > records.Length
                || records[length - 1] != '\n')
            {
                throw new CorruptContentException(subject, "the archive has a malformed PAX header");
            }

            ReadOnlySpan<byte> record = records[(space + 1)..(length - 1)];
            records = records[length..];
            int equals = record.IndexOf((byte)'=');
            if (equals < 0)
            {
                throw new CorruptContentException(subject, "the archive has a malformed PAX header");
            }

            ReadOnlySpan<byte> value = record[(equals + 1)..];
            if (record[..equals].SequenceEqual("path"u8))
            {
                extended = extended with { Name = Encoding.UTF8.GetString(value) };
            }
            else if (record[..equals].SequenceEqual("linkpath"u8))
            {
                extended = extended with { LinkTarget = Encoding.UTF8.GetString(value) };
            }
            else if (record[..equals].SequenceEqual("size"u8))
            {
                extended = long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long size)
                    ? extended with { Size = size }
                    : throw new CorruptContentException(subject, "the archive has a malformed PAX header");
            }
        }

        return extended;
    }

    private static void RequireHeader(ReadOnlySpan<byte> header, long at, string subject)
    {
        long sum = 8 * ' ';
        for (int i = 0; i < BlockSize; i++)
        {
            sum += i is >= 148 and < 156 ? 0 : header[i];
        }

        if (sum != Number(header.Slice(148, 8), subject))
        {
            throw new CorruptContentException(
                subject,
                at > 0 ? $"the archive is damaged at byte {at}: a header's checksum is wrong"
                : header is [0x1F, 0x8B, ..] or [0x28, 0xB5, 0x2F, 0xFD, ..] or [0xFD, 0x37, 0x7A, 0x58, ..]
                    ? "the archive is compressed: decompress it first"
                    : "not a tar archive");
        }
    }

    /// <summary>Octal digits, or GNU's big-endian binary with the first bit set.</summary>
    private static long Number(ReadOnlySpan<byte> field, string subject)
    {
        long value = 0;
        if ((field[0] & 0x80) != 0)
        {
            for (int i = 0; i < field.Length; i++)
            {
                int digit = i == 0 ? field[0] & 0x7F : field[i];
                if (value > long.MaxValue >> 8)
                {
                    throw new CorruptContentException(subject, "the archive has an impossible number in a header");
                }

                value = (value << 8) | (long)digit;
            }

            return value;
        }

        ReadOnlySpan<byte> digits = field.Trim(" \0"u8);
        foreach (byte digit in digits)
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                // Not a header at all: the checksum will not match.
                return -1;
            }

            value = (value << 3) | (long)(digit - '0');
        }

        return value;
    }

    private static string Text(ReadOnlySpan<byte> field)
    {
        int end = field.IndexOf((byte)0);
        return Encoding.UTF8.GetString(end < 0 ? field : field[..end]);
    }

    private static bool ReadFully(SafeFileHandle file, byte[] buffer, long offset)
    {
        int filled = 0;
        while (filled < buffer.Length)
        {
            int read = RandomAccess.Read(file, buffer.AsSpan(filled), offset + filled);
            if (read == 0)
            {
                return false;
            }

            filled += read;
        }

        return true;
    }

    private readonly record struct Extended(string? Name, string? LinkTarget, long? Size);
}
