using System;
using System.Buffers.Binary;
using System.Numerics;
using FastRun.Layers.Oci;
using FastRun.Native.Filesystem;

namespace FastRun.Layers.Images;

/// <summary>
/// The file of a <see cref="LaunchRecord"/>, little-endian:
/// <code>
/// 0  magic    "FRIMAGE\0"
/// 8  version  u16, schemaVersion
/// 10 durable  u8, 1 once the layers are on disk; the only byte that ever changes, and not part of the checksum
/// 11 flags    u8: 1 where the image has not got its final id, 2 where its layers lie on the host's root
/// 12 checksum u32, CRC-32C of all that follows, inverted where flag 2 is set: a flipped bit must not lay an image on the host's root
/// 16 bootId   16 bytes: the boot in which the record was written
/// 32 body     the fields in order, as RecordWriter writes them
/// </code>
/// </summary>
internal static class LaunchRecordFormat
{
    internal const int SchemaVersion = 1;
    internal const int DurableOffset = 10;
    internal const int FlagsOffset = 11;
    internal const int MaxSize = 1 << 20;

    private const byte Provisional = 1;
    private const byte OnHost = 2;
    private const int ChecksumOffset = 12;
    private const int BootIdOffset = 16;
    private const int HeaderSize = 32;

    private static ReadOnlySpan<byte> Magic => "FRIMAGE\0"u8;

    internal static byte[] Encode(LaunchRecord record, Guid bootId, bool durable)
    {
        RecordWriter body = new();
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

        byte[] file = new byte[HeaderSize + body.Length];
        Magic.CopyTo(file);
        BinaryPrimitives.WriteUInt16LittleEndian(file.AsSpan(8), SchemaVersion);
        file[DurableOffset] = durable ? (byte)1 : (byte)0;
        file[FlagsOffset] = (byte)((record.IsProvisional ? Provisional : 0) | (record.IsOnHost ? OnHost : 0));
        bootId.TryWriteBytes(file.AsSpan(BootIdOffset));
        body.CopyTo(file.AsSpan(HeaderSize));
        BinaryPrimitives.WriteUInt32LittleEndian(file.AsSpan(ChecksumOffset), Checksum(file));
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
            || BinaryPrimitives.ReadUInt32LittleEndian(file[ChecksumOffset..]) != Checksum(file))
        {
            return null;
        }

        bootId = new Guid(file.Slice(BootIdOffset, 16));
        durable = file[DurableOffset] == 1;
        RecordReader body = new(file[HeaderSize..]);
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
            IsProvisional = (file[FlagsOffset] & Provisional) != 0,
            IsOnHost = (file[FlagsOffset] & OnHost) != 0,
        };
        return body.IsSound ? record : null;
    }

    /// <summary>Whether a file, which may be damaged otherwise, is marked as one that a power cut cannot harm.</summary>
    internal static bool IsMarkedDurable(ReadOnlySpan<byte> file) => file.Length > DurableOffset && file[DurableOffset] == 1;

    private static uint Checksum(ReadOnlySpan<byte> file)
    {
        ReadOnlySpan<byte> bytes = file[BootIdOffset..];
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

        return (file[FlagsOffset] & OnHost) != 0 ? crc : ~crc;
    }
}
