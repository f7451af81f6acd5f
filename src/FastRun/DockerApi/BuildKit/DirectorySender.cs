using System;
using System.Collections.Generic;
using System.Linq;
using System.Text;
using System.Threading.Tasks;
using FastRun.Grpc;
using FastRun.Layers.Archives;
using FastRun.Layers.Snapshots;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.DockerApi.BuildKit;

/// <summary>Sends directories to the client as one (tonistiigi/fsutil): all names first, then the content of those that it asks for.</summary>
/// <param name="call">FileSend's DiffCopy.</param>
/// <param name="roots">The directories, which nothing changes meanwhile, and what they become; <c>.</c> for the only one.</param>
/// <param name="modified">When everything was modified; null for each file's own time.</param>
internal sealed class DirectorySender(GrpcClientCall call, IReadOnlyList<(Fd Root, string Name)> roots, FileTime? modified)
{
    private const int Chunk = 256 << 10;
    private const int DirectoryMode = 0b_111_101_101;

    private readonly Dictionary<uint, (Fd Root, byte[] Path)> _files = [];

    /// <summary>Sends it.</summary>
    /// <exception cref="GrpcException">The client could not take it.</exception>
    /// <exception cref="SyscallException">Something cannot be read.</exception>
    internal async Task RunAsync()
    {
        List<TreeEntry> entries = [];
        foreach ((Fd root, string name) in roots.OrderBy(static root => root.Name, StringComparer.Ordinal))
        {
            byte[] directory = name == "." ? [] : Encoding.UTF8.GetBytes(name + "/");
            if (directory.Length > 0)
            {
                entries.Add(new TreeEntry
                {
                    Name = directory,
                    Type = EntryType.Directory,
                    Permissions = DirectoryMode,
                    Modified = modified ?? FileAt.Stat(root).Modified,
                });
            }

            TreeArchive.List(root, modified, entry =>
            {
                if (entry.Type == EntryType.File)
                {
                    _files.Add((uint)entries.Count, (root, entry.Name));
                }

                entries.Add(entry with
                {
                    Name = [.. directory, .. entry.Name],
                    Attributes = [],
                    LinkName = entry.Type == EntryType.HardLink ? [.. directory, .. entry.LinkName] : entry.LinkName,
                });
            });
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

    private async Task TellAsync(List<TreeEntry> entries)
    {
        foreach (TreeEntry entry in entries)
        {
            await call.SendAsync(FilePacket.Write(FilePacketType.Stat, stat: FileStat.Write(entry)));
        }

        await call.SendAsync(FilePacket.Write(FilePacketType.Stat));
    }

    private async Task SendAsync(uint id)
    {
        if (!_files.TryGetValue(id, out (Fd Root, byte[] Path) asked))
        {
            throw new GrpcException(GrpcStatus.InvalidArgument, "the client asks for a file that there is not");
        }

        using Fd file = FileAt.Open(asked.Root, asked.Path, OpenFlags.Read | OpenFlags.NoFollow, 0, ResolveFlags.Beneath | ResolveFlags.NoSymbolicLinks | ResolveFlags.NoMagicLinks);
        byte[] chunk = new byte[Chunk];
        int read;
        while ((read = FileContent.Read(file, chunk)) > 0)
        {
            await call.SendAsync(FilePacket.Write(FilePacketType.Data, id, chunk.AsSpan(0, read)));
        }

        await call.SendAsync(FilePacket.Write(FilePacketType.Data, id));
    }
}
