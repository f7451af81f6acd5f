using System;
using System.Buffers;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Pipeline.Tar;

/// <summary>
/// Reads the entries of a tar as a stream: ustar, PAX, GNU, star and V7. Where the formats leave room it reads as Go's
/// archive/tar does, because that is what decides the meaning of a layer everywhere else. Every byte that is not the content
/// of a file somebody took is given to the index, where there is one.
/// </summary>
internal sealed class TarReader(TarInput input, TarIndexWriter? index, LayerLimits limits)
{
    private readonly byte[] _header = new byte[TarBlock.Size];
    private readonly PaxRecords _pax = new();
    private readonly ArrayBufferWriter<byte> _longName = new();
    private readonly ArrayBufferWriter<byte> _longLink = new();
    private readonly ArrayBufferWriter<byte> _joined = new();

    private byte[] _extended = [];
    private long _remaining;
    private int _padding;
    private int _entries;

    /// <summary>Reads the next entry; false behind the last one, where the input is at its end.</summary>
    /// <param name="entry">The entry, whose names are valid until the next call.</param>
    /// <exception cref="LayerException">The tar is malformed, ends too early, or exceeds a limit.</exception>
    internal bool TryReadNext(out LayerEntry entry)
    {
        SkipContent();
        _pax.Clear();
        _longName.ResetWrittenCount();
        _longLink.ResetWrittenCount();
        bool isExtended = false;
        while (ReadHeader())
        {
            TarBlock block = new(_header);
            switch (block.TypeFlag)
            {
                case (byte)'x':
                    _pax.Read(ReadExtended(block));
                    isExtended = true;
                    break;
                case (byte)'g':
                    // Global records: no engine applies them.
                    ReadExtended(block);
                    break;
                case (byte)'L':
                    SetUntilNul(_longName, ReadExtended(block));
                    isExtended = true;
                    break;
                case (byte)'K':
                    SetUntilNul(_longLink, ReadExtended(block));
                    isExtended = true;
                    break;
                default:
                    entry = Begin(block);
                    return true;
            }
        }

        if (isExtended)
        {
            throw Truncated();
        }

        SkipToEnd();
        entry = default;
        return false;
    }

    /// <summary>Writes the content of the entry that was read last to a file.</summary>
    /// <param name="target">The file, open for writing.</param>
    /// <param name="path">Where the finished layer has it; the index refers to it.</param>
    internal void CopyContent(in NewFile target, ReadOnlySpan<byte> path)
    {
        if (_remaining == 0)
        {
            return;
        }

        index?.AppendFile(path, _remaining);
        while (_remaining > 0)
        {
            ReadOnlySpan<byte> available = input.Peek();
            if (available.IsEmpty)
            {
                throw Truncated();
            }

            int count = (int)Math.Min(available.Length, _remaining);
            target.Write(available[..count]);
            input.Advance(count);
            _remaining -= count;
        }
    }

    /// <summary>Writes the content of the entry that was read last to a file.</summary>
    internal void CopyContent(Fd target)
    {
        while (_remaining > 0)
        {
            ReadOnlySpan<byte> available = input.Peek();
            if (available.IsEmpty)
            {
                throw Truncated();
            }

            int count = (int)Math.Min(available.Length, _remaining);
            FileContent.Write(target, available[..count]);
            input.Advance(count);
            _remaining -= count;
        }
    }

    /// <summary>Reads the next header block; false at the end of the archive.</summary>
    private bool ReadHeader()
    {
        int read = input.Read(_header);
        index?.AppendRaw(_header.AsSpan(0, read));
        if (read == 0)
        {
            // Some writers leave out the two blocks of zeros.
            return false;
        }

        if (read < TarBlock.Size)
        {
            throw Truncated();
        }

        TarBlock block = new(_header);
        if (block.IsZero)
        {
            return false;
        }

        if (!block.HasValidChecksum())
        {
            throw new LayerException(LayerErrorKind.Malformed, "a tar header has a wrong checksum");
        }

        return true;
    }

    private LayerEntry Begin(TarBlock block)
    {
        if (++_entries > limits.Entries)
        {
            throw new LayerException(LayerErrorKind.LimitExceeded, $"it has more than {limits.Entries} entries");
        }

        ReadOnlySpan<byte> name = FirstOf(_longName.WrittenSpan, _pax.Path, Join(block.Prefix, block.Name));
        EntryType type = TypeOf(block.TypeFlag, name);
        if (_pax.IsSparse)
        {
            throw Sparse(name);
        }

        long size = _pax.Size ?? block.FileSize;
        if (size is < 0 or > long.MaxValue - TarBlock.Size)
        {
            throw new LayerException(LayerErrorKind.Malformed, $"an entry has the impossible size {size}");
        }

        // As in Go, only files have content, whatever the header says.
        _remaining = type == EntryType.File ? size : 0;
        _padding = (int)(-_remaining & (TarBlock.Size - 1));
        input.Announce(_remaining);
        bool isDevice = type is EntryType.CharacterDevice or EntryType.BlockDevice;
        return new LayerEntry
        {
            Name = name,
            Type = type,
            LinkName = FirstOf(_longLink.WrittenSpan, _pax.LinkPath, block.LinkName),
            Size = _remaining,
            Node = isDevice ? Device(block.DeviceMajor, block.DeviceMinor) : default,
            Metadata = new EntryMetadata
            {
                Permissions = (int)block.Mode & 0xFFF,
                Uid = Id(_pax.Uid ?? block.Uid),
                Gid = Id(_pax.Gid ?? block.Gid),
                Modified = _pax.Modified ?? new FileTime(block.Modified, 0),
                Attributes = _pax.Attributes,
            },
        };
    }

    /// <summary>Where a name may stand: GNU's long names count first, and an empty one counts nowhere.</summary>
    private static ReadOnlySpan<byte> FirstOf(ReadOnlySpan<byte> gnu, ReadOnlySpan<byte> pax, ReadOnlySpan<byte> header) =>
        !gnu.IsEmpty ? gnu : !pax.IsEmpty ? pax : header;

    private static EntryType TypeOf(byte flag, ReadOnlySpan<byte> name) => flag switch
    {
        (byte)'0' or (byte)'7' => EntryType.File,
        0 => name is [.., (byte)'/'] ? EntryType.Directory : EntryType.File,
        (byte)'1' => EntryType.HardLink,
        (byte)'2' => EntryType.SymbolicLink,
        (byte)'3' => EntryType.CharacterDevice,
        (byte)'4' => EntryType.BlockDevice,
        (byte)'5' => EntryType.Directory,
        (byte)'6' => EntryType.Fifo,
        (byte)'S' => throw Sparse(name),
        _ => throw new LayerException(
            LayerErrorKind.Unsupported, $"entry {LayerPath.ForMessage(name)} has the unknown type {flag}"),
    };

    /// <summary>The content of an extended header, until the next one is read.</summary>
    private ReadOnlySpan<byte> ReadExtended(TarBlock block)
    {
        long size = block.FileSize;
        if (size < 0 || size > limits.HeaderBytes)
        {
            throw new LayerException(
                LayerErrorKind.LimitExceeded, $"an extended header has {size} bytes, {limits.HeaderBytes} are allowed");
        }

        int length = (int)((size + TarBlock.Size - 1) & ~(TarBlock.Size - 1L));
        if (_extended.Length < length)
        {
            _extended = new byte[length];
        }

        Span<byte> padded = _extended.AsSpan(0, length);
        int read = input.Read(padded);
        index?.AppendRaw(padded[..read]);
        return read == length ? padded[..(int)size] : throw Truncated();
    }

    private void SkipContent()
    {
        long left = _remaining + _padding;
        while (left > 0)
        {
            ReadOnlySpan<byte> available = input.Peek();
            if (available.IsEmpty)
            {
                // Some writers leave out the padding of the last file, and all behind it.
                if (left <= _padding)
                {
                    break;
                }

                throw Truncated();
            }

            int count = (int)Math.Min(available.Length, left);
            index?.AppendRaw(available[..count]);
            input.Advance(count);
            left -= count;
        }

        _remaining = 0;
        _padding = 0;
    }

    private void SkipToEnd()
    {
        long trailing = 0;
        ReadOnlySpan<byte> available;
        while (!(available = input.Peek()).IsEmpty)
        {
            trailing += available.Length;
            if (trailing > limits.TrailingBytes)
            {
                throw new LayerException(
                    LayerErrorKind.LimitExceeded, $"more than {limits.TrailingBytes} bytes follow the end of its tar");
            }

            index?.AppendRaw(available);
            input.Advance(available.Length);
        }
    }

    private static uint Id(long id) =>
        id is >= 0 and < uint.MaxValue
            ? (uint)id
            : throw new LayerException(LayerErrorKind.Malformed, $"an entry has the impossible owner {id}");

    private static DeviceNumber Device(long major, long minor)
    {
        DeviceNumber node = new((uint)(major & uint.MaxValue), (uint)(minor & uint.MaxValue));
        return major == node.Major && minor == node.Minor && node.IsValid
            ? node
            : throw new LayerException(LayerErrorKind.Malformed, $"an entry is the impossible device {major}:{minor}");
    }

    private ReadOnlySpan<byte> Join(ReadOnlySpan<byte> prefix, ReadOnlySpan<byte> name)
    {
        if (prefix.IsEmpty)
        {
            return name;
        }

        _joined.ResetWrittenCount();
        _joined.Write(prefix);
        _joined.Write("/"u8);
        _joined.Write(name);
        return _joined.WrittenSpan;
    }

    private static void SetUntilNul(ArrayBufferWriter<byte> name, ReadOnlySpan<byte> text)
    {
        int end = text.IndexOf((byte)0);
        name.ResetWrittenCount();
        name.Write(end < 0 ? text : text[..end]);
    }

    private static LayerException Sparse(ReadOnlySpan<byte> name) =>
        new(LayerErrorKind.Unsupported, $"entry {LayerPath.ForMessage(name)} is a sparse file, which no engine writes");

    private static LayerException Truncated() => new(LayerErrorKind.Truncated, "the tar ends in the middle of an entry");
}
