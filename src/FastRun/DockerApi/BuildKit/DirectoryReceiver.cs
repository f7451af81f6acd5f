using System;
using System.Collections.Generic;
using System.IO;
using System.Text;
using System.Threading.Tasks;
using FastRun.Grpc;
using FastRun.Layers.Pipeline.Tar;
using FastRun.Layers.Snapshots;

namespace FastRun.DockerApi.BuildKit;

/// <summary>
/// Receives a directory of the client's as a tar (tonistiigi/fsutil): the client names its files, their content is asked for by
/// number. Small files are asked for ahead, as many as a few megabytes hold; a large one goes through alone. Nothing is believed here: the
/// tar is judged by who unpacks it.
/// </summary>
/// <param name="call">FileSync's DiffCopy.</param>
/// <param name="output">Takes the tar.</param>
internal sealed class DirectoryReceiver(GrpcClientCall call, Stream output)
{
    private const long Ahead = 4 << 20;
    private const int MostWaiting = 1_000_000;

    private readonly TarWriter _tar = new(output);
    private readonly Queue<Waiting> _waiting = [];
    private readonly Queue<Waiting> _unasked = [];
    private readonly Dictionary<uint, Waiting> _asked = [];
    private uint _next;
    private long _ahead;
    private bool _named;
    private bool _finished;

    private sealed class Waiting(TreeEntry entry, uint id)
    {
        internal TreeEntry Entry => entry;

        internal uint Id => id;

        internal MemoryStream Content { get; } = new();

        internal bool IsWhole { get; set; } = entry.Type != EntryType.File || entry.Size == 0;
    }

    /// <summary>Receives all of it.</summary>
    /// <exception cref="GrpcException">The client does not send it, or not as it should.</exception>
    internal async Task RunAsync()
    {
        while (!_finished)
        {
            byte[] message = await call.ReceiveAsync() ?? throw Wrong("it has ended too early");
            (FilePacketType type, uint id, byte[] data) = Take(message);
            switch (type)
            {
                case FilePacketType.Data:
                    await ReceiveAsync(id, data);
                    break;
                case FilePacketType.Error:
                    throw new GrpcException(GrpcStatus.Unknown, Encoding.UTF8.GetString(data));
                case FilePacketType.Finish:
                    throw Wrong("it has ended too early");
                default:
                    break;
            }

            await AdvanceAsync();
        }

        await call.SendAsync(FilePacket.Write(FilePacketType.Finish));
        while (await call.ReceiveAsync() is not null)
        {
            // The client says that it is through, too.
        }

        await call.EndSendingAsync();
        _tar.Complete();
    }

    private (FilePacketType Type, uint Id, byte[] Data) Take(byte[] message)
    {
        FilePacket packet = FilePacket.Read(message);
        if (packet.Type == FilePacketType.Stat)
        {
            if (_named)
            {
                throw Wrong("a file comes after the last one");
            }

            if (packet.HasStat)
            {
                Named(FileStat.Read(packet.Stat));
            }
            else
            {
                _named = true;
            }
        }

        return (packet.Type, packet.Id, packet.Data.ToArray());
    }

    private void Named(TreeEntry? entry)
    {
        uint id = _next++;
        if (entry is null)
        {
            return;
        }

        Waiting waiting = new(entry, id);
        _waiting.Enqueue(waiting);
        if (!waiting.IsWhole)
        {
            _unasked.Enqueue(waiting);
        }

        if (_waiting.Count > MostWaiting)
        {
            throw Wrong("too many files wait to be sent");
        }
    }

    /// <summary>Writes what is whole, and asks for what there is room for.</summary>
    private async Task AdvanceAsync()
    {
        WriteWhole();
        while (_unasked.TryPeek(out Waiting? next) && (_asked.Count == 0 || _ahead + next.Entry.Size <= Ahead))
        {
            _unasked.Dequeue();
            _asked.Add(next.Id, next);
            _ahead += next.Entry.Size;
            await call.SendAsync(FilePacket.Write(FilePacketType.Request, next.Id));
            if (next.Entry.Size > Ahead)
            {
                WriteWhole();
                await StreamAsync(next);
                WriteWhole();
            }
        }

        _finished = _named && _waiting.Count == 0;
    }

    private void WriteWhole()
    {
        while (_waiting.TryPeek(out Waiting? first) && first.IsWhole)
        {
            _waiting.Dequeue();
            if (first.Content.Length != first.Entry.Size)
            {
                throw Wrong("a file has changed while it was sent");
            }

            _tar.Add(first.Entry, content => first.Content.WriteTo(content));
        }
    }

    /// <summary>A large file, which is the only one that was asked for: straight into the tar.</summary>
    private async Task StreamAsync(Waiting file)
    {
        if (_waiting.Peek() != file)
        {
            throw new InvalidOperationException();
        }

        _waiting.Dequeue();
        Task<long>? copying = null;
        _tar.Add(file.Entry, content => (copying = CopyAsync(file, content)).GetAwaiter().GetResult());
        if (await copying! != file.Entry.Size)
        {
            throw Wrong("a file has changed while it was sent");
        }
    }

    private async Task<long> CopyAsync(Waiting file, Stream content)
    {
        long length = 0;
        while (true)
        {
            byte[] message = await call.ReceiveAsync() ?? throw Wrong("it has ended too early");
            (FilePacketType type, uint id, byte[] data) = Take(message);
            if (type == FilePacketType.Error)
            {
                throw new GrpcException(GrpcStatus.Unknown, Encoding.UTF8.GetString(data));
            }

            if (type != FilePacketType.Data)
            {
                continue;
            }

            length += id == file.Id ? data.Length : throw Wrong("a file comes that was not asked for");
            if (data.Length == 0 || length > file.Entry.Size)
            {
                _asked.Remove(id);
                _ahead -= file.Entry.Size;
                return length == file.Entry.Size ? length : throw Wrong("a file has changed while it was sent");
            }

            content.Write(data);
        }
    }

    private Task ReceiveAsync(uint id, byte[] data)
    {
        if (!_asked.TryGetValue(id, out Waiting? file))
        {
            throw Wrong("a file comes that was not asked for");
        }

        if (data.Length == 0)
        {
            file.IsWhole = true;
            _asked.Remove(id);
            _ahead -= file.Entry.Size;
        }
        else if (file.Content.Length + data.Length > file.Entry.Size)
        {
            throw Wrong("a file has changed while it was sent");
        }
        else
        {
            file.Content.Write(data);
        }

        return Task.CompletedTask;
    }

    private static GrpcException Wrong(string what) => new(GrpcStatus.FailedPrecondition, "the client's directory: " + what);
}
