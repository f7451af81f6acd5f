using System;
using FastRun.Grpc;
using FastRun.Layers.Snapshots;
using FastRun.Native.Filesystem;

namespace FastRun.DockerApi.BuildKit;

/// <summary>What a file is, as fsutil tells it: modes are those of Go (io/fs, FileMode).</summary>
internal static class FileStat
{
    private const uint Directory = 1u << 31;
    private const uint SymbolicLink = 1u << 27;
    private const uint SetUid = 1u << 23;
    private const uint SetGid = 1u << 22;
    private const uint Sticky = 1u << 20;
    private const uint Kinds = Directory | SymbolicLink | 1u << 26 | 1u << 25 | 1u << 24 | 1u << 21 | 1u << 19;
    private const long Billion = 1_000_000_000;

    /// <summary>Reads one; null for what is neither file, directory nor link.</summary>
    /// <exception cref="GrpcException">It has no path.</exception>
    internal static TreeEntry? Read(ReadOnlySpan<byte> message)
    {
        ProtoReader reader = new(message);
        byte[] path = [];
        byte[] link = [];
        (uint mode, long size, long modified) = (0, 0, 0);
        while (reader.TryNext(out int field))
        {
            switch (field)
            {
                case 1:
                    path = reader.Bytes().ToArray();
                    break;
                case 2:
                    mode = (uint)reader.Number();
                    break;
                case 5:
                    size = reader.Number();
                    break;
                case 6:
                    modified = reader.Number();
                    break;
                case 7:
                    link = reader.Bytes().ToArray();
                    break;
                default:
                    break;
            }
        }

        if (path.Length == 0 || size < 0 || path.AsSpan().Contains((byte)0) || link.AsSpan().Contains((byte)0))
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, "a file's stat is wrong");
        }

        EntryType? type = (mode & Kinds) switch
        {
            0 => link.Length > 0 ? EntryType.HardLink : EntryType.File,
            Directory => EntryType.Directory,
            SymbolicLink => EntryType.SymbolicLink,
            _ => null,
        };
        long seconds = Math.DivRem(modified, Billion, out long nanoseconds);
        return type is null ? null : new TreeEntry
        {
            Name = type == EntryType.Directory ? [.. path, (byte)'/'] : path,
            Type = type.Value,
            LinkName = link,
            Permissions = (int)(mode & 0x1FF) | (mode & SetUid) switch { 0 => 0, _ => 0x800 } | (mode & SetGid) switch { 0 => 0, _ => 0x400 } | (mode & Sticky) switch { 0 => 0, _ => 0x200 },
            Size = type == EntryType.File ? size : 0,
            Modified = nanoseconds < 0 ? new FileTime(seconds - 1, (int)(nanoseconds + Billion)) : new FileTime(seconds, (int)nanoseconds),
        };
    }

    /// <summary>Writes one.</summary>
    internal static ProtoWriter Write(TreeEntry entry)
    {
        uint mode = (uint)(entry.Permissions & 0x1FF)
            | ((entry.Permissions & 0x800) != 0 ? SetUid : 0)
            | ((entry.Permissions & 0x400) != 0 ? SetGid : 0)
            | ((entry.Permissions & 0x200) != 0 ? Sticky : 0)
            | entry.Type switch
            {
                EntryType.Directory => Directory,
                EntryType.SymbolicLink => SymbolicLink | 0x1FF,
                _ => 0,
            };
        return new ProtoWriter()
            .Bytes(1, entry.Path)
            .Number(2, mode)
            .Number(3, entry.Uid)
            .Number(4, entry.Gid)
            .Number(5, entry.Size)
            .Number(6, (entry.Modified.Seconds * Billion) + entry.Modified.Nanoseconds)
            .Bytes(7, entry.LinkName);
    }
}
