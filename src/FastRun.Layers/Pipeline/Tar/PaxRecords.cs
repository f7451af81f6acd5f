using System;
using System.Buffers;
using System.Buffers.Text;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using FastRun.Layers.Snapshots;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Pipeline.Tar;

/// <summary>
/// The records of a PAX extended header, <c>"%d %s=%s\n"</c> each (POSIX.1-2017, pax, "pax Extended Header"). An empty value
/// takes back an earlier one. One object serves a whole tar.
/// </summary>
internal sealed class PaxRecords
{
    private const int NanosecondDigits = 9;

    private readonly ArrayBufferWriter<byte> _path = new();
    private readonly ArrayBufferWriter<byte> _linkPath = new();
    private readonly Dictionary<string, byte[]> _attributes = [];

    /// <summary>Empty where there is none.</summary>
    internal ReadOnlySpan<byte> Path => _path.WrittenSpan;

    /// <summary>Empty where there is none.</summary>
    internal ReadOnlySpan<byte> LinkPath => _linkPath.WrittenSpan;

    internal long? Size { get; private set; }

    internal long? Uid { get; private set; }

    internal long? Gid { get; private set; }

    internal FileTime? Modified { get; private set; }

    /// <summary>Whether the entry is GNU's sparse format in PAX clothes.</summary>
    internal bool IsSparse { get; private set; }

    private static ReadOnlySpan<byte> AttributePrefix => "SCHILY.xattr."u8;

    private static ReadOnlySpan<byte> SparsePrefix => "GNU.sparse."u8;

    internal ExtendedAttribute[] Attributes =>
        _attributes.Count == 0 ? [] : [.. _attributes.Select(static attribute => new ExtendedAttribute(attribute.Key, attribute.Value))];

    /// <summary>Forgets all of them: they are those of one entry.</summary>
    internal void Clear()
    {
        _path.ResetWrittenCount();
        _linkPath.ResetWrittenCount();
        _attributes.Clear();
        (Size, Uid, Gid, Modified, IsSparse) = (null, null, null, null, false);
    }

    /// <summary>Takes the records of a header in place of all before.</summary>
    /// <exception cref="LayerException">A record breaks the format.</exception>
    internal void Read(ReadOnlySpan<byte> header)
    {
        Clear();
        while (!header.IsEmpty)
        {
            int space = header.IndexOf((byte)' ');
            if (space <= 0
                || !Utf8Parser.TryParse(header[..space], out int length, out int digits)
                || digits != space
                || length <= space + 1
                || length > header.Length
                || header[length - 1] != (byte)'\n')
            {
                throw Malformed("a record has a wrong length");
            }

            ReadOnlySpan<byte> record = header[(space + 1)..(length - 1)];
            int equals = record.IndexOf((byte)'=');
            if (equals <= 0)
            {
                throw Malformed("a record has no keyword");
            }

            Apply(record[..equals], record[(equals + 1)..]);
            header = header[length..];
        }
    }

    private void Apply(ReadOnlySpan<byte> keyword, ReadOnlySpan<byte> value)
    {
        if (keyword.SequenceEqual("path"u8))
        {
            SetText(_path, value);
        }
        else if (keyword.SequenceEqual("linkpath"u8))
        {
            SetText(_linkPath, value);
        }
        else if (keyword.SequenceEqual("size"u8))
        {
            Size = Number(value);
        }
        else if (keyword.SequenceEqual("uid"u8))
        {
            Uid = Number(value);
        }
        else if (keyword.SequenceEqual("gid"u8))
        {
            Gid = Number(value);
        }
        else if (keyword.SequenceEqual("mtime"u8))
        {
            Modified = value.IsEmpty ? null : Time(value);
        }
        else if (keyword.StartsWith(AttributePrefix))
        {
            SetAttribute(Encoding.UTF8.GetString(keyword[AttributePrefix.Length..]), value);
        }
        else
        {
            IsSparse |= keyword.StartsWith(SparsePrefix);
        }
    }

    private void SetAttribute(string name, ReadOnlySpan<byte> value)
    {
        if (name.Length == 0 || name.Contains('\0', StringComparison.Ordinal))
        {
            throw Malformed("an extended attribute has an invalid name");
        }

        _attributes[name] = value.ToArray();
    }

    private static void SetText(ArrayBufferWriter<byte> text, ReadOnlySpan<byte> value)
    {
        if (value.Contains((byte)0))
        {
            throw Malformed("a path holds a NUL");
        }

        text.ResetWrittenCount();
        text.Write(value);
    }

    private static long? Number(ReadOnlySpan<byte> value) =>
        value.IsEmpty
            ? null
            : Utf8Parser.TryParse(value, out long number, out int used) && used == value.Length
                ? number
                : throw Malformed("a number is invalid");

    private static FileTime Time(ReadOnlySpan<byte> value)
    {
        int dot = value.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = dot < 0 ? value : value[..dot];
        ReadOnlySpan<byte> fraction = dot < 0 ? default : value[(dot + 1)..];
        if (!Utf8Parser.TryParse(whole, out long seconds, out int used)
            || used != whole.Length
            || fraction.ContainsAnyExceptInRange((byte)'0', (byte)'9'))
        {
            throw Malformed("a time is invalid");
        }

        int nanoseconds = 0;
        for (int i = 0; i < NanosecondDigits; i++)
        {
            nanoseconds = (nanoseconds * 10) + (i < fraction.Length ? fraction[i] - '0' : 0);
        }

        // "-1.5" is half a second before -1; an inode counts nanoseconds upwards only.
        return whole[0] == (byte)'-' && nanoseconds > 0 && seconds > long.MinValue
            ? new FileTime(seconds - 1, 1_000_000_000 - nanoseconds)
            : new FileTime(seconds, nanoseconds);
    }

    private static LayerException Malformed(string what) =>
        new(LayerErrorKind.Malformed, $"a PAX header is damaged: {what}");
}
