using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Text;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Layers;
using FastRun.Layers.References;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Supervision;

/// <summary>A command's connection to the supervisor of a container.</summary>
public sealed partial class AttachClient : IDisposable
{
    /// <summary>The name of the socket in the container's directory on the run root.</summary>
    internal const string SocketName = "attach";

    private readonly FrameConnection _connection;
    private readonly StateLayout _layout;
    private readonly ContainerRecord _record;
    private int? _exitCode;

    internal AttachClient(StateLayout layout, Fd socket, ContainerRecord record)
    {
        _layout = layout;
        _connection = new FrameConnection(socket);
        _record = record;
    }

    /// <summary>Whether the connection ended without a word on how the container did.</summary>
    public bool IsLost => _connection.IsBroken && _exitCode is null;

    /// <summary>What the user should know of the host, once the container was started.</summary>
    public IReadOnlyList<string> Warnings { get; private set; } = [];

    /// <summary>The process that was started, where it is one more of a container that runs; else 0.</summary>
    internal int ProcessId { get; private set; }

    /// <summary>Connects to a container that runs; null where no supervisor listens.</summary>
    /// <exception cref="SyscallException">It cannot be reached for another reason.</exception>
    internal static AttachClient? TryConnect(StateLayout layout, ContainerRecord record, AttachStreams streams)
    {
        using Fd? directory = FileAt.TryOpen(
            null, layout.RunningContainer(record.Id), OpenFlags.PathOnly | OpenFlags.Directory, 0, ResolveFlags.None, out _);
        if (directory is null || UnixSocket.TryConnect(directory, SocketName) is not { } socket)
        {
            return null;
        }

        AttachClient client = new(layout, socket, record);
        client._connection.Send(FrameType.Hello, [(byte)streams]);
        return client;
    }

    /// <summary>What the events call it when the caller leaves.</summary>
    internal string DetachAction { get; init; } = "detach";

    /// <summary>Sends what a process is to be.</summary>
    internal void SendRequest(ReadOnlySpan<byte> request)
    {
        while (!request.IsEmpty)
        {
            int length = Math.Min(request.Length, FrameConnection.LargestPayload);
            _connection.Send(FrameType.Request, request[..length]);
            request = request[length..];
        }

        _connection.Send(FrameType.Request, []);
    }

    /// <summary>Says that the caller leaves and the process goes on.</summary>
    internal void Detach() => _connection.Send(FrameType.Detach, []);

    /// <summary>Waits until the container runs.</summary>
    /// <exception cref="EngineException">It could not be started.</exception>
    internal void WaitUntilStarted()
    {
        while (true)
        {
            while (_connection.TryRead(out FrameType type, out ReadOnlySpan<byte> payload))
            {
                switch (type)
                {
                    case FrameType.Process:
                        ProcessId = BinaryPrimitives.ReadInt32BigEndian(payload);
                        break;
                    case FrameType.Started:
                        Warnings = Lines(payload);
                        return;
                    case FrameType.Failed:
                        throw FailureFrame.Read(payload);
                    default:
                        break;
                }
            }

            if (!WaitForFrames())
            {
                throw new EngineException(
                    ErrorKind.Internal, $"container {ShortId.Of(_record.Id)}: its supervisor ended before it could be started");
            }
        }
    }

    /// <summary>The connection for a caller that must not block; this object is not used after that.</summary>
    public AttachSession ToSession() => new(_connection) { ProcessId = ProcessId };

    /// <summary>Asks the supervisor for something, and waits until it is done.</summary>
    /// <returns>What the user should know of the host.</returns>
    /// <exception cref="EngineException">It could not be done, or the supervisor is gone.</exception>
    internal IReadOnlyList<string> Ask(FrameType type, ReadOnlySpan<byte> payload)
    {
        _connection.Send(type, payload);
        while (true)
        {
            while (_connection.TryRead(out FrameType answer, out ReadOnlySpan<byte> content))
            {
                switch (answer)
                {
                    case FrameType.Done:
                        return Lines(content);
                    case FrameType.Failed:
                        throw FailureFrame.Read(content);
                    default:
                        break;
                }
            }

            if (!WaitForFrames())
            {
                throw new EngineException(ErrorKind.Conflict, $"container {ShortId.Of(_record.Id)}: it has ended");
            }
        }
    }

    /// <summary>Waits until the container has ended; null where its supervisor was killed.</summary>
    internal int? WaitUntilExited()
    {
        while (_exitCode is null)
        {
            while (_connection.TryRead(out FrameType type, out ReadOnlySpan<byte> payload))
            {
                if (type == FrameType.Exited)
                {
                    _exitCode = BinaryPrimitives.ReadInt32BigEndian(payload);
                }
            }

            if (_exitCode is null && !WaitForFrames())
            {
                break;
            }
        }

        return _exitCode;
    }

    /// <inheritdoc/>
    public void Dispose() => _connection.Dispose();

    private static string[] Lines(ReadOnlySpan<byte> payload) =>
        Encoding.UTF8.GetString(payload).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private bool WaitForFrames()
    {
        using PollSet poll = new();
        int entry = poll.Add(
            _connection.Socket.Number, PollEvents.Readable | (_connection.Pending > 0 ? PollEvents.Writable : PollEvents.None));
        poll.Wait();
        _connection.Flush();
        if ((poll.Ready(entry) & Ending) != PollEvents.None)
        {
            _connection.Receive();
        }

        return !_connection.IsBroken;
    }
}
