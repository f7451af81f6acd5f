using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Numerics;
using System.Text;
using FastRun.Layers.Oci;

namespace FastRun.Layers.Images;

/// <summary>
/// The file of a <see cref="LaunchRecord"/>, little-endian:
/// <code>
/// 0  magic    "FRIMAGE\0"
/// 8  version  u16, schemaVersion
/// 10 durable  u8, 1 once the layers are on disk; the only byte that ever changes, and not part of the checksum
/// 11 zero     u8
/// 12 checksum u32, CRC-32C of all that follows
/// 16 bootId   16 bytes: the boot in which the record was written
/// 32 body     the fields in order; a string is u32 bytes of UTF-8, a list is u32 strings
/// </code>
/// </summary>
internal static class LaunchRecordFormat
{
    internal const int SchemaVersion = 1;
    internal const int DurableOffset = 10;
    internal const int MaxSize = 1 << 20;

    private const int ChecksumOffset = 12;
    private const int BootIdOffset = 16;
    private const int HeaderSize = 32;

    private static ReadOnlySpan<byte> Magic => "FRIMAGE\0"u8;

    internal static byte[] Encode(LaunchRecord record, Guid bootId, bool durable)
    {
        Writer body = new();
        body.Add(record.ImageId.ToString());
        body.Add(record.Platform.Os);
        body.Add(record.Platform.Architecture);
        body.Add(record.Platform.Variant ?? "");
        body.Add(record.Created);
        body.Add(record.Size);
        body.Add(record.LayerIds);
        body.Add(record.Entrypoint);
        body.Add(record.Cmd);
        body.Add(record.Env);
        body.Add(record.User);
        body.Add(record.WorkingDir);
        body.Add(record.Volumes);
        body.Add(record.StopSignal);

        byte[] file = new byte[HeaderSize + body.Bytes.Count];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), SchemaVersion);
        file[DurableOffset] = durable ? (byte)1 : (byte)0;
        bootId.TryWriteBytes(file.AsSpan(BootIdOffset));
        body.Bytes.CopyTo(file, HeaderSize);
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(ChecksumOffset), Checksum(file.AsSpan(BootIdOffset)));
        return file;
    }

    /// <summary>Reads a record.</summary>
    /// <returns>The record, or null where the file is damaged or of another version.</returns>
    internal static LaunchRecord? Decode(ReadOnlySpan<byte> file, out Guid bootId, out bool durable)
    {
        (bootId, durable) = (default, false);
        if (file.Length < HeaderSize
            || !file.StartsWith(Magic)
            || BinaryPrimitives.ReadUInt16LittleEndian(file[8..]) != SchemaVersion
            || BinaryPrimitives.ReadUInt32LittleEndian(file[ChecksumOffset..]) != Checksum(file[BootIdOffset..]))
        {
            return null;
        }

        bootId = new Guid(file.Slice(BootIdOffset, 16));
        durable = file[DurableOffset] == 1;
        Reader body = new(file[HeaderSize..]);
        if (!Digest.TryParse(body.Text(), out Digest imageId))
        {
            return null;
        }

        string os = body.Text();
        string architecture = body.Text();
        string variant = body.Text();
        LaunchRecord record = new()
        {
            ImageId = imageId,
            Platform = new Platform(os, architecture, variant.Length == 0 ? null : variant),
            Created = body.Number(),
            Size = body.Number(),
            LayerIds = body.List(),
            Entrypoint = body.List(),
            Cmd = body.List(),
            Env = body.List(),
            User = body.Text(),
            WorkingDir = body.Text(),
            Volumes = body.List(),
            StopSignal = body.Text(),
        };
        return body.IsSound ? record : null;
    }

    private static uint Checksum(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        while (bytes.Length >= 8)
        {
            crc = BitOperations.Crc32C(crc, BinaryPrimitives.ReadUInt64LittleEndian(bytes));
            bytes = bytes[8..];
        }

        foreach (byte b in bytes)
        {
            crc = BitOperations.Crc32C(crc, b);
        }

        return ~crc;
    }

    private sealed class Writer
    {
        internal List<byte> Bytes { get; } = new(1024);

        internal void Add(long value)
        {
            Span<byte> bytes = stackalloc byte[8];
            BinaryPrimitives.WriteInt64LittleEndian(bytes, value);
            Bytes.AddRange(bytes);
        }

        internal void Add(string text)
        {
            byte[] bytes = Encoding.UTF8.GetBytes(text);
            AddCount(bytes.Length);
            Bytes.AddRange(bytes);
        }

        internal void Add(IReadOnlyList<string> list)
        {
            AddCount(list.Count);
            foreach (string text in list)
            {
                Add(text);
            }
        }

        private void AddCount(int count)
        {
            Span<byte> bytes = stackalloc byte[4];
            BinaryPrimitives.WriteInt32LittleEndian(bytes, count);
            Bytes.AddRange(bytes);
        }
    }

    /// <summary>
    /// Reads what the checksum has shown to be as it was written. A length that is not so after all leaves empty fields behind
    /// it, and the record is not sound.
    /// </summary>
    private ref struct Reader(ReadOnlySpan<byte> bytes)
    {
        private ReadOnlySpan<byte> _rest = bytes;

        internal bool IsSound { get; private set; } = true;

        internal long Number() => BinaryPrimitives.TryReadInt64LittleEndian(Take(8), out long value) ? value : 0;

        internal string Text()
        {
            int length = Count();
            return Encoding.UTF8.GetString(Take(length));
        }

        internal string[] List()
        {
            int count = Count();
            if (count == 0)
            {
                return [];
            }

            string[] list = new string[count];
            for (int i = 0; i < count; i++)
            {
                list[i] = Text();
            }

            return list;
        }

        /// <summary>A length, or how many strings follow, each of which has a length itself.</summary>
        private int Count()
        {
            int count = BinaryPrimitives.TryReadInt32LittleEndian(Take(4), out int value) ? value : 0;
            IsSound &= count >= 0 && count <= _rest.Length;
            return IsSound ? count : 0;
        }

        private ReadOnlySpan<byte> Take(int length)
        {
            IsSound &= length <= _rest.Length;
            ReadOnlySpan<byte> taken = IsSound ? _rest[..length] : default;
            _rest = _rest[taken.Length..];
            return taken;
        }
    }
}
