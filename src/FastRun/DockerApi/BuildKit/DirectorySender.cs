using System;
using System.Collections.Generic;
using System.Text;
using System.Threading.Tasks;
using FastRun.Grpc;
using FastRun.Layers.Archives;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.DockerApi.BuildKit;

/// <summary>Sends a directory to the client (tonistiigi/fsutil): all names first, then the content of those that it asks for.</summary>
/// <param name="call">FileSend's DiffCopy.</param>
/// <param name="root">The directory, which nothing changes meanwhile.</param>
internal sealed class DirectorySender(GrpcClientCall call, Fd root)
{
    private const int Chunk = 256 << 10;

    private readonly Dictionary<uint, byte[]> _files = [];

    /// <summary>Sends it.</summary>
    /// <exception cref="GrpcException">The client could not take it.</exception>
    /// <exception cref="SyscallException">Something cannot be read.</exception>
    internal async Task RunAsync()
    {
        List<ArchiveEntry> entries = [];
        TreeArchive.List(root, entries.Add);
        for (int i = 0; i < entries.Count; i++)
        {
            if (entries[i].Kind == ArchiveEntryKind.File)
            {
                _files.Add((uint)i, entries[i].Path);
            }
        }

        // The client may ask while it is being told.
        Task telling = TellAsync(entries);
        while (await call.ReceiveAsync() is { } message)
        {
            (FilePacketType type, uint id, byte[] data) = Take(message);
            switch (type)
            {
                case FilePacketType.Request:
                    await telling;
                    await SendAsync(id);
                    break;
                case FilePacketType.Error:
                    throw new GrpcException(GrpcStatus.Unknown, Encoding.UTF8.GetString(data));
                case FilePacketType.Finish:
                    await telling;
                    await call.SendAsync(FilePacket.Write(FilePacketType.Finish));
                    await call.EndSendingAsync();
                    break;
                default:
                    break;
            }
        }

        await telling;
    }

    private static (FilePacketType Type, uint Id, byte[] Data) Take(byte[] message)
    {
        FilePacket packet = FilePacket.Read(message);
        return (packet.Type, packet.Id, packet.Data.ToArray());
    }

    private async Task TellAsync(List<ArchiveEntry> entries)
    {
        foreach (ArchiveEntry entry in entries)
        {
            await call.SendAsync(FilePacket.Write(FilePacketType.Stat, stat: FileStat.Write(entry)));
        }

        await call.SendAsync(FilePacket.Write(FilePacketType.Stat));
    }

    private async Task SendAsync(uint id)
    {
        if (!_files.TryGetValue(id, out byte[]? path))
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, "the client asks for a file that there is not");
        }

        using Fd file = FileAt.Open(root, path, OpenFlags.Read | OpenFlags.NoFollow, 0, ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks | ResolveFlags.NoMagicLinks);
        byte[] chunk = new byte[Chunk];
        int read;
        while ((read = FileContent.Read(file, chunk)) > 0)
        {
            await call.SendAsync(FilePacket.Write(FilePacketType.Data, id, chunk.AsSpan(0, read)));
        }

        await call.SendAsync(FilePacket.Write(FilePacketType.Data, id));
    }
}
