using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using FastRun.Engine.Containers.Records;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Engine.Launch;
using FastRun.Engine.Logs;
using FastRun.Engine.Networks;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Sockets;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Supervision;

/// <content>The poll loop: the container's streams on one side, its clients on the other.</content>
public sealed partial class ContainerSupervisor
{
    private const PollEvents Ending = PollEvents.Readable | PollEvents.HungUp | PollEvents.Error;
    private const long PatienceMilliseconds = 100;
    private const long LongPatienceMilliseconds = 5_000;
    private const long DeliveryMilliseconds = 5_000;

    private readonly List<AttachedClient> _clients = [];
    private readonly PollSet _poll = new();
    private readonly InputBuffer _input = new();
    private readonly byte[] _chunk = new byte[FrameConnection.LargestPayload];
    private Fd? _listener;
    private bool _inputEnds;
    private long _patience = PatienceMilliseconds;
    private bool _isQuiet;

    /// <summary>Serves until the container's first process has ended.</summary>
    private void Serve(ContainerLaunch launch, SupervisedStreams streams, ContainerLog? log)
    {
        _inputEnds = false;
        _input.Clear();
        bool ended = false;
        while (!ended)
        {
            _poll.Clear();
            int child = _poll.Add(launch.Child.PidFd.Number, PollEvents.Readable);
            int signals = _poll.Add(_signals.Descriptor.Number, PollEvents.Readable);
            bool behind = log?.IsBehind == true;
            bool listening = !behind && !_clients.Exists(static client => client.IsSlow);
            int output = Add(listening ? streams.Output : null, PollEvents.Readable);
            int error = Add(listening ? streams.Error : null, PollEvents.Readable);
            int input = Add(_input.IsEmpty ? null : streams.Input, PollEvents.Writable);
            int listener = AddClients(out int firstClient);
            int probe = _health?.AddTo(_poll) ?? -1;
            (int, (int, int)) tended = launch.Watch(_poll);
            Wait(behind);
            if (behind)
            {
                log!.Retry();
            }

            ended = _poll.Ready(child) != PollEvents.None;
            if (_poll.Ready(signals) != PollEvents.None)
            {
                ForwardSignals(launch);
            }

            // Before clients are served, who may move the ports to another process.
            if (!ended)
            {
                launch.Tend(_poll, tended);
            }

            Read(output, streams.Output, error: false, streams, log);
            Read(error, streams.Error, error: true, streams, log);

            // In this order: frames that wait for room in the input are looked at again whenever there may be some.
            WriteInput(input, streams);
            ServeClients(listener, firstClient, launch, streams);
            EndInput(streams);
            _health?.Advance(hasEnded: probe >= 0 && _poll.Ready(probe) != PollEvents.None);
        }
    }

    private int Add(Fd? descriptor, PollEvents interest) =>
        descriptor is null ? -1 : _poll.Add(descriptor.Number, interest);

    private int AddClients(out int first)
    {
        int listener = _listener is null ? -1 : _poll.Add(_listener.Number, PollEvents.Readable);
        first = listener + 1;
        for (int i = 0; i < _clients.Count; i++)
        {
            FrameConnection connection = _clients[i].Connection;
            PollEvents interest = (_input.HasRoom && !connection.IsBroken ? PollEvents.Readable : PollEvents.None)
                | (connection.Pending > 0 ? PollEvents.Writable : PollEvents.None);
            int entry = _poll.Add(connection.Socket.Number, interest);
            first = i == 0 ? entry : first;
        }

        return listener;
    }

    /// <summary>Waits for something to happen; after a while of nothing, in less memory.</summary>
    /// <param name="briefly">Whether something is to be tried again soon.</param>
    private void Wait(bool briefly)
    {
        long health = _health?.Patience ?? -1;
        if (briefly)
        {
            _poll.Wait(health < 0 ? PatienceMilliseconds : Math.Min(health, PatienceMilliseconds));
        }
        else if (_isQuiet)
        {
            _poll.Wait(health);
            (_isQuiet, _patience) = (false, LongPatienceMilliseconds);
        }
        else if (health >= 0 && health <= _patience)
        {
            _poll.Wait(health);
        }
        else if (!_poll.Wait(_patience))
        {
            _isQuiet = true;
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            ProcessMemory.ReleaseCode();
        }
    }

    private void Read(int entry, Fd? stream, bool error, SupervisedStreams streams, ContainerLog? log)
    {
        if (entry >= 0 && stream is not null && (_poll.Ready(entry) & Ending) != PollEvents.None)
        {
            Read(stream, error, streams, log);
        }
    }

    /// <summary>Reads once; false where there is nothing now, or nothing more.</summary>
    private bool Read(Fd stream, bool error, SupervisedStreams streams, ContainerLog? log)
    {
        int read = Pipe.TryRead(stream, _chunk);
        if (read > 0)
        {
            ReadOnlySpan<byte> bytes = _chunk.AsSpan(0, read);
            log?.Write(error, bytes);
            foreach (AttachedClient client in _clients)
            {
                client.SendOutput(error, bytes);
            }

            return true;
        }

        if (read is not (-(int)Errno.EAGAIN or -(int)Errno.EINTR))
        {
            // 0, or EIO of a terminal that nobody has open any more.
            streams.Ended(stream);
        }

        return read == -(int)Errno.EINTR;
    }

    /// <summary>What the container wrote last. What others hold open after its end is not waited for.</summary>
    private void Drain(SupervisedStreams streams, ContainerLog? log)
    {
        while (streams.Output is { } output && Read(output, error: false, streams, log))
        {
        }

        while (streams.Error is { } error && Read(error, error: true, streams, log))
        {
        }

        log?.Complete();
    }

    private void ServeClients(int listener, int first, ContainerLaunch launch, SupervisedStreams streams)
    {
        for (int i = _clients.Count - 1; i >= 0; i--)
        {
            AttachedClient client = _clients[i];
            PollEvents ready = _poll.Ready(first + i);
            if ((ready & Ending) != PollEvents.None)
            {
                client.Connection.Receive();
            }

            HandleFrames(client, launch, streams);

            if ((ready & PollEvents.Writable) != PollEvents.None)
            {
                client.Connection.Flush();
            }

            if (client.Connection is { IsBroken: true, HasFrame: false })
            {
                Leave(client);
                _clients.RemoveAt(i);
            }
        }

        if (listener >= 0 && _poll.Ready(listener) != PollEvents.None && UnixSocket.TryAccept(_listener!) is { } socket)
        {
            AttachedClient client = new(socket, AttachStreams.None);
            client.Connection.Send(FrameType.Started, []);
            _clients.Add(client);
        }
    }

    private void HandleFrames(AttachedClient client, ContainerLaunch launch, SupervisedStreams streams)
    {
        // What does not fit stays in the connection: it is read on when the container has taken what waits.
        while (_input.HasRoom && client.Connection.TryRead(out FrameType type, out ReadOnlySpan<byte> payload))
        {
            switch (type)
            {
                case FrameType.Hello when payload.Length == 1:
                    client.Streams = (AttachStreams)payload[0];
                    break;
                case FrameType.Stdin when streams.Input is not null && !_inputEnds && (client.Streams & AttachStreams.Stdin) != 0:
                    _input.Append(payload);
                    break;
                case FrameType.StdinEnd when (client.Streams & AttachStreams.Stdin) != 0:
                    _inputEnds |= Request.StdinOnce;
                    break;
                case FrameType.Resize when payload.Length == 4:
                    Resize(streams, BinaryPrimitives.ReadUInt16BigEndian(payload), BinaryPrimitives.ReadUInt16BigEndian(payload[2..]));
                    break;
                case FrameType.Signal when payload.Length == 1:
                    ContainerEvents.Killed(_layout, _record, payload[0]);
                    SignalDelivery.Send(launch.Child, launch.Plan.Cgroup, payload[0]);
                    break;
                case FrameType.Connect:
                    EndpointRequest? endpoint = EndpointRequestFormat.Decode(payload);
                    Answer(client, () => launch.Connect(endpoint));
                    break;
                case FrameType.Disconnect:
                    string left = Encoding.UTF8.GetString(payload);
                    Answer(client, () => launch.Disconnect(left));
                    break;
                case FrameType.Unlink:
                    string alias = Encoding.UTF8.GetString(payload);
                    Answer(client, () =>
                    {
                        launch.Unlink(alias);
                        return [];
                    });
                    break;
                case FrameType.Rename:
                    Answer(client, () =>
                    {
                        Rename(launch);
                        return [];
                    });
                    break;
                default:
                    break;
            }
        }
    }

    private void Rename(ContainerLaunch launch)
    {
        Reread();
        launch.Rename(_record.Name);
    }

    /// <summary>Carries out what a client asks for; what it should know besides goes with the answer.</summary>
    private static void Answer(AttachedClient client, Func<IReadOnlyList<string>> operation)
    {
        try
        {
            client.Connection.Send(FrameType.Done, Encoding.UTF8.GetBytes(string.Join('\n', operation())));
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is { } failure)
        {
            client.Connection.Send(FrameType.Failed, FailureFrame.Write(failure));
        }
    }

    private void Resize(SupervisedStreams streams, ushort rows, ushort columns)
    {
        streams.Resize(new WindowSize(rows, columns));
        ContainerEvents.Note(
            _layout, _record, "resize", ("height", rows.ToString(CultureInfo.InvariantCulture)), ("width", columns.ToString(CultureInfo.InvariantCulture)));
    }

    /// <summary>A client is gone: the input that it alone fed has ended.</summary>
    private void Leave(AttachedClient client)
    {
        _inputEnds |= Request.StdinOnce && !Request.Tty && (client.Streams & AttachStreams.Stdin) != 0;
        client.Dispose();
    }

    private void WriteInput(int entry, SupervisedStreams streams)
    {
        if (entry >= 0 && streams.Input is { } input && _poll.Ready(entry) != PollEvents.None && !_input.Drain(input))
        {
            _input.Clear();
            streams.CloseInput();
        }
    }

    private void EndInput(SupervisedStreams streams)
    {
        if (_inputEnds && _input.IsEmpty && streams.Input is not null)
        {
            streams.CloseInput();
        }
    }

    private void ForwardSignals(ContainerLaunch launch)
    {
        while (_signals.TryRead(out int signal))
        {
            // Somebody asks the supervisor to end, such as the host on its way down: the container gets the signal. Nobody
            // has stopped it by hand: after the boot it is started again.
            _isAskedToEnd = true;
            SignalDelivery.Send(launch.Child, launch.Plan.Cgroup, signal);
        }
    }

    private void Broadcast(FrameType type, ReadOnlySpan<byte> payload)
    {
        foreach (AttachedClient client in _clients)
        {
            client.Connection.Send(type, payload);
        }
    }

    /// <summary>Gives the clients what waits for them, as long as they take it.</summary>
    private void Deliver()
    {
        long end = Stopwatch.GetTimestamp() + (DeliveryMilliseconds * (Stopwatch.Frequency / 1000));
        while (_clients.Exists(static client => client.Connection.Pending > 0) && Stopwatch.GetTimestamp() < end)
        {
            _poll.Clear();
            foreach (AttachedClient client in _clients)
            {
                _poll.Add(client.Connection.Socket.Number, client.Connection.Pending > 0 ? PollEvents.Writable : PollEvents.None);
            }

            _poll.Wait(DeliveryMilliseconds);
            _clients.ForEach(static client => client.Connection.Flush());
            _clients.RemoveAll(static client => client.Connection.IsBroken || client.Connection.IsDeaf);
        }
    }

    /// <summary>Waits before the next start, unless somebody stops the container meanwhile.</summary>
    private bool Pause(TimeSpan wait)
    {
        _state = _state with { Status = ContainerStatus.Restarting };
        _store.WriteState(_record.Id, _state);
        long end = Stopwatch.GetTimestamp() + (long)(wait.TotalSeconds * Stopwatch.Frequency);
        while (Stopwatch.GetTimestamp() < end && !IsToStop)
        {
            _poll.Clear();
            _poll.Add(_signals.Descriptor.Number, PollEvents.Readable);
            if (_poll.Wait(Math.Min(50, (long)wait.TotalMilliseconds)))
            {
                while (_signals.TryRead(out _))
                {
                    _isAskedToEnd = true;
                }
            }
        }

        if (!IsToStop)
        {
            return true;
        }

        _state = _state with { Status = ContainerStatus.Exited, StoppedByHand = StopRequest.Exists(_layout, _record.Id) };
        _store.WriteState(_record.Id, _state);
        return false;
    }
}
