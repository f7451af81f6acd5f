using System;
using FastRun.Grpc;

namespace FastRun.DockerApi.BuildKit;

/// <summary>A message of the protocol in which directories are sent (tonistiigi/fsutil, types/wire.proto).</summary>
internal readonly ref struct FilePacket
{
    private FilePacket(FilePacketType type, uint id, ReadOnlySpan<byte> data, ReadOnlySpan<byte> stat, bool hasStat)
    {
        (Type, Id, HasStat) = (type, id, hasStat);
        Data = data;
        Stat = stat;
    }

    internal FilePacketType Type { get; }

    /// <summary>Which file: the number of its stat, from 0.</summary>
    internal uint Id { get; }

    internal ReadOnlySpan<byte> Data { get; }

    /// <summary>What a file is; there is none in the last of these packets.</summary>
    internal ReadOnlySpan<byte> Stat { get; }

    internal bool HasStat { get; }

    internal static FilePacket Read(ReadOnlySpan<byte> message)
    {
        ProtoReader reader = new(message);
        FilePacketType type = FilePacketType.Stat;
        uint id = 0;
        ReadOnlySpan<byte> data = default;
        ReadOnlySpan<byte> stat = default;
        bool hasStat = false;
        while (reader.TryNext(out int field))
        {
            switch (field)
            {
                case 1:
                    type = (FilePacketType)reader.Number();
                    break;
                case 2:
                    stat = reader.Bytes();
                    hasStat = true;
                    break;
                case 3:
                    id = (uint)reader.Number();
                    break;
                case 4:
                    data = reader.Bytes();
                    break;
                default:
                    break;
            }
        }

        return new FilePacket(type, id, data, stat, hasStat);
    }

    internal static ReadOnlyMemory<byte> Write(FilePacketType type, uint id = 0, ReadOnlySpan<byte> data = default, ProtoWriter? stat = null)
    {
        ProtoWriter writer = new ProtoWriter().Number(1, (long)type);
        if (stat is not null)
        {
            writer.Message(2, stat);
        }

        return writer.Number(3, id).Bytes(4, data).Written;
    }
}
