using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Engine.Launch;
using FastRun.Engine.State;
using FastRun.Engine.Supervision;
using FastRun.Layers;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Exec;

/// <summary>
/// The small process that holds one process of a container whose caller may leave it: in the background (<c>exec -d</c>), on a
/// terminal with detach keys, or as a client of the API. It reaps the process, without which the container could not end, and
/// reads its terminal or its output.
/// </summary>
public sealed class ExecHolder : IDisposable
{
    /// <summary>The command by which the program knows that it is one. No user types it.</summary>
    public const string Command = "hold-exec";

    private const int SIGKILL = 9;
    private const int LargestRequest = 16 << 20;
    private const int MostPending = 256 * 1024;
    private const long PatienceMilliseconds = 100;
    private const long DeliveryMilliseconds = 5_000;
    private const PollEvents Ending = PollEvents.Readable | PollEvents.HungUp | PollEvents.Error;

    private readonly StateLayout _layout;
    private readonly string _id;
    private readonly FrameConnection _caller;
    private readonly PollSet _poll = new();
    private readonly InputBuffer _input = new();
    private readonly byte[] _chunk = new byte[FrameConnection.LargestPayload];
    private bool _detached;
    private bool _left;
    private bool _inputEnds;

    private ExecHolder(StateLayout layout, string id, Fd caller) =>
        (_layout, _id, _caller) = (layout, id, new FrameConnection(caller));

    /// <summary>Holds one process until it has ended. What goes wrong goes to the caller.</summary>
    /// <param name="layout">Where state is.</param>
    /// <param name="id">The container.</param>
    /// <param name="caller">The socket of who started this process.</param>
    public static void Run(StateLayout layout, string id, Fd caller)
    {
        using ExecHolder holder = new(layout, id, caller);
        if (holder.ReceiveRequest() is { } request)
        {
            holder.Hold(request);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _caller.Dispose();
        _poll.Dispose();
    }

    private ExecRequest? ReceiveRequest()
    {
        List<byte> bytes = [];
        while (bytes.Count < LargestRequest)
        {
            while (_caller.TryRead(out FrameType type, out ReadOnlySpan<byte> payload))
            {
                if (type == FrameType.Request && payload.IsEmpty)
                {
                    return ExecRequestFormat.Decode(bytes.ToArray());
                }

                bytes.AddRange(payload);
            }

            if (_caller.IsBroken)
            {
                break;
            }

            _poll.Clear();
            _poll.Add(_caller.Socket.Number, PollEvents.Readable);
            _poll.Wait();
            _caller.Receive();
        }

        return null;
    }

    private void Hold(ExecRequest request)
    {
        RunResources owned = new();
        try
        {
            JoinTarget target = owned.Own(JoinTarget.Open(_layout, _id));
            SupervisedStreams? streams = request.Tty || request.Attached
                ? new SupervisedStreams(request.Tty, request.OpenStdin, request.Size)
                : null;
            JoinLaunch launch = JoinLaunch.Prepare(
                target, request, streams ?? (ContainerStreams)new NullStreams(), owned, diesWithCaller: false);
            ChildProcess process = launch.Start();
            launch.WaitUntilExecuted(process);
            streams?.CloseContainerEnds();
            byte[] payload = new byte[sizeof(int)];
            BinaryPrimitives.WriteInt32BigEndian(payload, process.Pid);
            _caller.Send(FrameType.Process, payload);
            _caller.Send(FrameType.Started, []);
            ExecEvents events = ExecEvents.Started(_layout, target, request);
            Serve(process, streams);
            int code = process.Wait().Code;
            events.Died(code);
            while (streams?.Output is { } output && Read(output, FrameType.Stdout, streams))
            {
            }

            while (streams?.Error is { } error && Read(error, FrameType.Stderr, streams))
            {
            }

            BinaryPrimitives.WriteInt32BigEndian(payload, code);
            _caller.Send(FrameType.Exited, payload);
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is { } failure)
        {
            _caller.Send(FrameType.Failed, FailureFrame.Write(failure));
        }
        finally
        {
            Deliver();
            owned.Release();
        }
    }

    /// <summary>Connects the caller and the terminal until the process has ended.</summary>
    private void Serve(ChildProcess child, SupervisedStreams? streams)
    {
        bool codeReleased = false;
        while (true)
        {
            _poll.Clear();
            int ended = _poll.Add(child.PidFd.Number, PollEvents.Readable);
            int caller = _left ? -1 : _poll.Add(
                _caller.Socket.Number,
                (_input.HasRoom ? PollEvents.Readable : PollEvents.None) | (_caller.Pending > 0 ? PollEvents.Writable : PollEvents.None));
            bool isRead = _caller.Pending < MostPending;
            int output = Add(isRead ? streams?.Output : null, PollEvents.Readable);
            int error = Add(isRead ? streams?.Error : null, PollEvents.Readable);
            int input = Add(_input.IsEmpty ? null : streams?.Input, PollEvents.Writable);
            if (codeReleased)
            {
                _poll.Wait();
            }
            else if (!_poll.Wait(PatienceMilliseconds))
            {
                codeReleased = true;
                ProcessMemory.ReleaseCode();
                continue;
            }

            if (_poll.Ready(ended) != PollEvents.None)
            {
                return;
            }

            if (output >= 0 && (_poll.Ready(output) & Ending) != PollEvents.None)
            {
                Read(streams!.Output!, FrameType.Stdout, streams);
            }

            if (error >= 0 && (_poll.Ready(error) & Ending) != PollEvents.None)
            {
                Read(streams!.Error!, FrameType.Stderr, streams);
            }

            if (input >= 0 && _poll.Ready(input) != PollEvents.None && !_input.Drain(streams!.Input!))
            {
                _input.Clear();
                _inputEnds = true;
            }

            if (caller >= 0)
            {
                Listen(_poll.Ready(caller), child, streams);
            }

            if (_inputEnds && _input.IsEmpty && streams?.Input is not null)
            {
                streams.CloseInput();
            }
        }
    }

    private int Add(Fd? descriptor, PollEvents interest) => descriptor is null ? -1 : _poll.Add(descriptor.Number, interest);

    /// <summary>Reads once; false where there is nothing now, or nothing more. What nobody looks at any more is dropped.</summary>
    private bool Read(Fd output, FrameType type, SupervisedStreams streams)
    {
        int read = Pipe.TryRead(output, _chunk);
        if (read > 0)
        {
            if (!_left)
            {
                _caller.Send(type, _chunk.AsSpan(0, read));
            }

            return true;
        }

        if (read is not (-(int)Errno.EAGAIN or -(int)Errno.EINTR))
        {
            streams.Ended(output);
        }

        return read == -(int)Errno.EINTR;
    }

    private void Listen(PollEvents ready, ChildProcess child, SupervisedStreams? streams)
    {
        if ((ready & Ending) != PollEvents.None)
        {
            _caller.Receive();
        }

        while (_input.HasRoom && _caller.TryRead(out FrameType type, out ReadOnlySpan<byte> payload))
        {
            switch (type)
            {
                case FrameType.Stdin when streams?.Input is not null && !_inputEnds:
                    _input.Append(payload);
                    break;
                case FrameType.StdinEnd:
                    _inputEnds = true;
                    break;
                case FrameType.Resize when payload.Length == 4:
                    streams?.Resize(new WindowSize(
                        BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt16BigEndian(payload[2..])));
                    break;
                case FrameType.Signal when payload.Length == 1:
                    child.Signal(payload[0]);
                    break;
                case FrameType.Detach:
                    _detached = true;
                    break;
                default:
                    break;
            }
        }

        if ((ready & PollEvents.Writable) != PollEvents.None)
        {
            _caller.Flush();
        }

        if (_caller is { IsBroken: true, HasFrame: false })
        {
            _left = true;
            _inputEnds = true;
            if (!_detached)
            {
                // Killed, or its terminal is gone: what runs in the foreground goes with it.
                child.Signal(SIGKILL);
            }
        }
    }

    /// <summary>Gives the caller what waits for it, as long as it takes it.</summary>
    private void Deliver()
    {
        while (_caller is { Pending: > 0, IsBroken: false })
        {
            _poll.Clear();
            _poll.Add(_caller.Socket.Number, PollEvents.Writable);
            if (!_poll.Wait(DeliveryMilliseconds))
            {
                break;
            }

            _caller.Flush();
        }
    }
}
