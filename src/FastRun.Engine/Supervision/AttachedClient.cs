using System;
using FastRun.Native;

namespace FastRun.Engine.Supervision;

/// <summary>One client of a supervisor: the command that started the container, or one that attached later.</summary>
internal sealed class AttachedClient(Fd socket, AttachStreams streams) : IDisposable
{
    /// <summary>What waits for a client before the container's output is no longer read.</summary>
    private const int MostPending = 256 * 1024;

    /// <summary>The frames to and from it.</summary>
    internal FrameConnection Connection { get; } = new(socket);

    /// <summary>What it is connected to.</summary>
    internal AttachStreams Streams { get; set; } = streams;

    /// <summary>Whether it must take something before it is given more.</summary>
    internal bool IsSlow => Connection.Pending > MostPending;

    /// <summary>Gives it what the container wrote.</summary>
    internal void SendOutput(bool error, ReadOnlySpan<byte> bytes)
    {
        if ((Streams & (error ? AttachStreams.Stderr : AttachStreams.Stdout)) != 0)
        {
            Connection.Send(error ? FrameType.Stderr : FrameType.Stdout, bytes);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => Connection.Dispose();
}
