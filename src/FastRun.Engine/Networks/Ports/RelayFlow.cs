using System;
using FastRun.Native;
using FastRun.Native.Sockets;

namespace FastRun.Engine.Networks.Ports;

/// <summary>One direction of a <see cref="StreamRelay"/>.</summary>
internal sealed class RelayFlow(Fd source, Fd sink)
{
    private const int Chunk = 64 * 1024;

    /// <summary>So many chunks at once: other connections wait meanwhile.</summary>
    private const int MostRounds = 16;

    private (Fd Read, Fd Write)? _pipe;
    private int _held;
    private bool _sourceEnded;

    /// <summary>All that there was has been passed on, and the sink was told so.</summary>
    internal bool HasEnded { get; private set; }

    /// <summary>It goes on when the source can be read.</summary>
    internal bool WantsInput => _held == 0 && !_sourceEnded;

    /// <summary>It goes on when the sink can be written.</summary>
    internal bool WantsOutput => _held > 0;

    /// <summary>Moves what can be moved now.</summary>
    /// <param name="pipes">Where pipes come from.</param>
    /// <param name="isLast">All that comes from the source is there: nobody will say again that it can be read.</param>
    /// <returns>False where the connection broke.</returns>
    internal bool Pump(PipePool pipes, bool isLast)
    {
        try
        {
            for (int round = 0; (round < MostRounds || isLast) && !HasEnded; round++)
            {
                Errno errno = _held == 0 ? Fill(pipes) : Errno.None;
                errno = errno == Errno.None && _held > 0 ? Empty() : errno;
                if (errno != Errno.None)
                {
                    return errno == Errno.EAGAIN;
                }

                if (_sourceEnded && _held == 0)
                {
                    PortSocket.EndSending(sink);
                    HasEnded = true;
                }
            }

            return true;
        }
        catch (SyscallException)
        {
            // No descriptor left for a pipe.
            return false;
        }
        finally
        {
            if (_held == 0 && _pipe is { } pipe)
            {
                _pipe = null;
                pipes.Return(pipe);
            }
        }
    }

    /// <summary>Forgets what it holds.</summary>
    internal void Close()
    {
        if (_pipe is { } pipe)
        {
            _pipe = null;
            PipePool.Close(pipe);
        }
    }

    private Errno Fill(PipePool pipes)
    {
        if (_sourceEnded)
        {
            return Errno.None;
        }

        _pipe ??= pipes.Take();
        int moved = PortSocket.TrySplice(source, _pipe.Value.Write, Chunk);
        _held = Math.Max(moved, 0);
        _sourceEnded = moved == 0;
        return moved < 0 ? (Errno)(-moved) : Errno.None;
    }

    private Errno Empty()
    {
        int moved = PortSocket.TrySplice(_pipe!.Value.Read, sink, _held);
        _held -= Math.Max(moved, 0);
        return moved < 0 ? (Errno)(-moved) : Errno.None;
    }
}
