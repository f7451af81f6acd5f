using System;
using System.Buffers.Binary;
using FastRun.Engine.Errors;
using FastRun.Engine.Events;
using FastRun.Native;
using FastRun.Native.Filesystem;
using FastRun.Native.Launch;
using FastRun.Native.Terminals;

namespace FastRun.Engine.Supervision;

/// <content>The caller's own descriptors and terminal, connected to the container's streams.</content>
public sealed partial class AttachClient
{
    private const int SIGWINCH = 28;
    private const PollEvents Ending = PollEvents.Readable | PollEvents.HungUp | PollEvents.Error;

    /// <summary>HUP INT QUIT USR1 USR2 ALRM TERM WINCH PWR.</summary>
    private static ReadOnlySpan<int> Forwarded => [1, 2, 3, 10, 12, 14, 15, SIGWINCH, 30];

    /// <summary>Copies between the caller's descriptors and the container until it ends or the caller detaches.</summary>
    /// <param name="stdin">Whether the caller's standard input is the container's.</param>
    /// <param name="signals">Whether signals to the caller go to the container.</param>
    /// <param name="detachKeys">What the caller types to leave; null to never.</param>
    /// <param name="leaveWithInput">Whether the caller leaves when its standard input has ended.</param>
    /// <returns>The exit code; null when the caller left, or the container's supervisor was killed.</returns>
    /// <exception cref="EngineException">The caller's input is no terminal, and the container has one.</exception>
    public int? Stream(bool stdin, bool signals, DetachKeys? detachKeys, bool leaveWithInput = false) => EngineErrors.Translated(() =>
    {
        bool tty = _record.Request.Tty;
        if (tty && stdin && !Terminal.IsTerminal(0))
        {
            throw new EngineException(ErrorKind.InvalidArgument, "the input device is not a TTY", hint: "leave out -t, or -i");
        }

        using SignalRelay? relay = signals ? SignalRelay.Start(Forwarded) : tty ? SignalRelay.Start([SIGWINCH]) : null;
        using RawMode? raw = tty && stdin ? RawMode.Enter(0) : null;
        if (tty)
        {
            SendSize();
        }

        return Copy(stdin, relay, tty ? detachKeys : null, leaveWithInput);
    });

    private int? Copy(bool stdin, SignalRelay? relay, DetachKeys? detachKeys, bool leaveWithInput)
    {
        using PollSet poll = new();
        byte[] chunk = new byte[FrameConnection.LargestPayload];
        bool reading = stdin;
        while (!_connection.IsBroken)
        {
            if (WriteFrames())
            {
                return _exitCode;
            }

            if (leaveWithInput && !reading && _connection.Pending == 0)
            {
                Detach();
                return null;
            }

            poll.Clear();
            int socket = poll.Add(
                _connection.Socket.Number, PollEvents.Readable | (_connection.Pending > 0 ? PollEvents.Writable : PollEvents.None));
            int signals = relay is null ? -1 : poll.Add(relay.Descriptor.Number, PollEvents.Readable);
            int input = reading && _connection.Pending == 0 ? poll.Add(0, PollEvents.Readable) : -1;
            poll.Wait();
            if ((poll.Ready(socket) & Ending) != PollEvents.None)
            {
                _connection.Receive();
            }

            _connection.Flush();
            if (signals >= 0 && poll.Ready(signals) != PollEvents.None)
            {
                Forward(relay!);
            }

            if (input >= 0 && (poll.Ready(input) & Ending) != PollEvents.None && !ReadInput(chunk, detachKeys, ref reading))
            {
                ContainerEvents.Note(_layout, _record, DetachAction);
                Detach();
                return null;
            }
        }

        // What came with the end is still to be written.
        WriteFrames();
        return _exitCode;
    }

    /// <summary>Writes what has come; true when the container has ended.</summary>
    private bool WriteFrames()
    {
        while (_connection.TryRead(out FrameType type, out ReadOnlySpan<byte> payload))
        {
            switch (type)
            {
                case FrameType.Stdout:
                    WriteOutput(1, payload);
                    break;
                case FrameType.Stderr:
                    WriteOutput(2, payload);
                    break;
                case FrameType.Exited:
                    _exitCode = BinaryPrimitives.ReadInt32BigEndian(payload);
                    return true;
                default:
                    break;
            }
        }

        return false;
    }

    /// <summary>What nobody reads any more is dropped: the container and its log go on.</summary>
    private static void WriteOutput(int descriptor, ReadOnlySpan<byte> bytes)
    {
        try
        {
            FileContent.Write(Fd.Borrow(descriptor), bytes);
        }
        catch (SyscallException exception) when (exception.Errno is Errno.EPIPE or Errno.EIO)
        {
        }
    }

    /// <summary>Reads once; false when the caller leaves.</summary>
    private bool ReadInput(byte[] chunk, DetachKeys? detachKeys, ref bool reading)
    {
        int read = Pipe.TryRead(Fd.Borrow(0), chunk);
        if (read <= 0)
        {
            if (read is not (-(int)Errno.EINTR or -(int)Errno.EAGAIN))
            {
                reading = false;
                _connection.Send(FrameType.StdinEnd, []);
            }

            return true;
        }

        ReadOnlySpan<byte> bytes = chunk.AsSpan(0, read);
        if (detachKeys is null)
        {
            _connection.Send(FrameType.Stdin, bytes);
            return true;
        }

        bool stay = detachKeys.Filter(bytes, out ReadOnlySpan<byte> typed);
        if (!typed.IsEmpty)
        {
            _connection.Send(FrameType.Stdin, typed);
        }

        return stay;
    }

    private void Forward(SignalRelay relay)
    {
        while (relay.TryRead(out int signal))
        {
            if (signal == SIGWINCH)
            {
                SendSize();
            }
            else
            {
                _connection.Send(FrameType.Signal, [(byte)signal]);
            }
        }
    }

    private void SendSize()
    {
        if (Terminal.TryGetSize(1, out WindowSize size) || Terminal.TryGetSize(0, out size))
        {
            byte[] payload = new byte[4];
            BinaryPrimitives.WriteUInt16BigEndian(payload, size.Rows);
            BinaryPrimitives.WriteUInt16BigEndian(payload.AsSpan(2), size.Columns);
            _connection.Send(FrameType.Resize, payload);
        }
    }
}
