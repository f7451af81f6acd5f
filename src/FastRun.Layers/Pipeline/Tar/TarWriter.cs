using System;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Text;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Pipeline.Tar;

/// <summary>
/// Writes entries as a tar: ustar, with PAX records where a field of it is too small or missing (POSIX.1-2017, pax). Times are
/// whole seconds, as in the tars of all engines.
/// </summary>
/// <param name="output">Takes the tar.</param>
/// <param name="copy">Takes the content of files, as many bytes as the entry's size, where that is not to go to the output.</param>
public sealed class TarWriter(Stream output, Action<TreeEntry, Fd>? copy = null)
{
    private const int NameLength = 100;
    private const int PrefixLength = 155;
    private const int BufferSize = 256 * 1024;

    private readonly byte[] _block = new byte[TarBlock.Size];
    private byte[] _buffer = [];

    /// <summary>Writes an entry.</summary>
    /// <param name="entry">What it is; its name must not be empty.</param>
    /// <param name="content">The file, open for reading at its beginning, of an entry that has a size.</param>
    /// <exception cref="LayerException">The file has become shorter.</exception>
    public void Add(TreeEntry entry, Fd? content)
    {
        AddHeader(entry);
        if (entry.Size > 0)
        {
            (copy ?? Copy)(entry, content ?? throw new ArgumentNullException(nameof(content)));
            Pad(entry.Size);
        }
    }

    /// <summary>Writes a file.</summary>
    /// <param name="entry">What it is; its name must not be empty.</param>
    /// <param name="content">Writes exactly as many bytes as the entry's size.</param>
    public void Add(TreeEntry entry, Action<Stream> content)
    {
        AddHeader(entry);
        content(output);
        Pad(entry.Size);
    }

    private void AddHeader(TreeEntry entry)
    {
        List<byte> records = [];
        bool split = TrySplit(entry.Name, out int slash);
        if (!split)
        {
            AppendRecord(records, "path"u8, entry.Name);
        }

        if (entry.LinkName.Length > NameLength)
        {
            AppendRecord(records, "linkpath"u8, entry.LinkName);
        }

        AppendIfTooLarge(records, "size"u8, entry.Size, 11);
        AppendIfTooLarge(records, "uid"u8, entry.Uid, 7);
        AppendIfTooLarge(records, "gid"u8, entry.Gid, 7);
        AppendIfTooLarge(records, "mtime"u8, entry.Modified.Seconds, 11);
        foreach (ExtendedAttribute attribute in entry.Attributes)
        {
            AppendRecord(records, Encoding.UTF8.GetBytes("SCHILY.xattr." + attribute.Name), attribute.Value);
        }

        if (records.Count > 0)
        {
            byte[] extended = [.. records];
            Header("PaxHeaders/entry"u8, default, new TreeEntry { Name = [], Type = EntryType.File, Size = extended.Length, Permissions = 0x1A4 }, (byte)'x');
            output.Write(extended);
            Pad(extended.Length);
        }

        ReadOnlySpan<byte> name = split ? entry.Name.AsSpan(slash + 1) : entry.Name.AsSpan(0, Math.Min(entry.Name.Length, NameLength));
        Header(name, split && slash >= 0 ? entry.Name.AsSpan(0, slash) : default, entry, TypeFlag(entry.Type));
    }

    /// <summary>Writes the end: two blocks of zeros.</summary>
    public void Complete()
    {
        _block.AsSpan().Clear();
        output.Write(_block);
        output.Write(_block);
    }

    private void Copy(TreeEntry entry, Fd content)
    {
        if (_buffer.Length == 0)
        {
            _buffer = new byte[BufferSize];
        }

        long left = entry.Size;
        while (left > 0)
        {
            int count = FileContent.Read(content, _buffer.AsSpan(0, (int)Math.Min(_buffer.Length, left)));
            if (count == 0)
            {
                throw new LayerException(LayerErrorKind.Io, $"{entry}: it became shorter while it was read");
            }

            output.Write(_buffer.AsSpan(0, count));
            left -= count;
        }
    }

    private void Header(ReadOnlySpan<byte> name, ReadOnlySpan<byte> prefix, TreeEntry entry, byte type)
    {
        Span<byte> block = _block;
        block.Clear();
        name.CopyTo(block);
        Octal(block.Slice(100, 8), entry.Permissions);
        Octal(block.Slice(108, 8), entry.Uid);
        Octal(block.Slice(116, 8), entry.Gid);
        Octal(block.Slice(124, 12), entry.Size);
        Octal(block.Slice(136, 12), entry.Modified.Seconds);
        block[156] = type;
        entry.LinkName.AsSpan(0, Math.Min(entry.LinkName.Length, NameLength)).CopyTo(block[157..]);
        "ustar\0"u8.CopyTo(block[257..]);
        block[263] = (byte)'0';
        block[264] = (byte)'0';
        Octal(block.Slice(329, 8), entry.Node.Major);
        Octal(block.Slice(337, 8), entry.Node.Minor);
        prefix.CopyTo(block[345..]);
        block.Slice(148, 8).Fill((byte)' ');
        int sum = 0;
        foreach (byte value in block)
        {
            sum += value;
        }

        Octal(block.Slice(148, 7), sum);
        output.Write(block);
    }

    private void Pad(long size)
    {
        int padding = (int)(-size & (TarBlock.Size - 1));
        if (padding > 0)
        {
            _block.AsSpan().Clear();
            output.Write(_block.AsSpan(0, padding));
        }
    }

    /// <summary>Digits and a NUL; what does not fit is in a PAX record, and here 0.</summary>
    private static void Octal(Span<byte> field, long value)
    {
        field[^1] = 0;
        value = Fits(value, field.Length - 1) ? value : 0;
        for (int i = field.Length - 2; i >= 0; i--)
        {
            field[i] = (byte)('0' + (value & 7));
            value >>= 3;
        }
    }

    private static bool Fits(long value, int digits) => value >= 0 && value < 1L << (3 * digits);

    /// <summary>Where a name divides into prefix and name; -1 where it needs no prefix.</summary>
    private static bool TrySplit(byte[] name, out int slash)
    {
        slash = -1;
        if (name.Length <= NameLength)
        {
            return true;
        }

        // A directory's own slash at the end divides nothing.
        int limit = Math.Min(name.Length - 2, PrefixLength);
        slash = limit <= 0 ? -1 : name.AsSpan(0, limit + 1).LastIndexOf((byte)'/');
        return slash > 0 && name.Length - slash - 1 <= NameLength;
    }

    private static void AppendIfTooLarge(List<byte> records, ReadOnlySpan<byte> keyword, long value, int digits)
    {
        if (!Fits(value, digits))
        {
            Span<byte> text = stackalloc byte[20];
            Utf8Formatter.TryFormat(value, text, out int length);
            AppendRecord(records, keyword, text[..length]);
        }
    }

    /// <summary>A record begins with its own length, whose digits count too.</summary>
    private static void AppendRecord(List<byte> records, ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> value)
    {
        int rest = keyword.Length + value.Length + 3;
        int length = rest + 1;
        while (rest + Digits(length) != length)
        {
            length = rest + Digits(length);
        }

        records.AddRange(Encoding.ASCII.GetBytes(length.ToString(CultureInfo.InvariantCulture)));
        records.Add((byte)' ');
        records.AddRange(keyword);
        records.Add((byte)'=');
        records.AddRange(value);
        records.Add((byte)'\n');
    }

    private static int Digits(int number) => number.ToString(CultureInfo.InvariantCulture).Length;

    private static byte TypeFlag(EntryType type) => type switch
    {
        EntryType.File => (byte)'0',
        EntryType.HardLink => (byte)'1',
        EntryType.SymbolicLink => (byte)'2',
        EntryType.CharacterDevice => (byte)'3',
        EntryType.BlockDevice => (byte)'4',
        EntryType.Directory => (byte)'5',
        EntryType.Fifo => (byte)'6',
        _ => throw new ArgumentOutOfRangeException(nameof(type)),
    };
}
