using System;
using System.Collections.Generic;
using FastRun.Native;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks.Ports;

/// <summary>
/// Pipes through which bytes pass from one socket to another without being copied. One is in use only while it holds something,
/// so idle connections have none.
/// </summary>
internal sealed class PipePool : IDisposable
{
    private const int MostIdle = 16;

    private readonly Stack<(Fd Read, Fd Write)> _idle = [];

    /// <summary>An empty pipe.</summary>
    /// <exception cref="SyscallException">There is no descriptor left.</exception>
    internal (Fd Read, Fd Write) Take()
    {
        if (_idle.TryPop(out (Fd Read, Fd Write) pipe))
        {
            return pipe;
        }

        Pipe.Open(out Fd read, out Fd write, nonBlockingRead: true, nonBlockingWrite: true);
        return (read, write);
    }

    /// <summary>Gives one back that is empty.</summary>
    internal void Return((Fd Read, Fd Write) pipe)
    {
        if (_idle.Count < MostIdle)
        {
            _idle.Push(pipe);
        }
        else
        {
            Close(pipe);
        }
    }

    /// <summary>Closes one that holds something still.</summary>
    internal static void Close((Fd Read, Fd Write) pipe)
    {
        pipe.Read.Dispose();
        pipe.Write.Dispose();
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        while (_idle.TryPop(out (Fd Read, Fd Write) pipe))
        {
            Close(pipe);
        }
    }
}
