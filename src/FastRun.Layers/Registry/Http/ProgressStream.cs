using System;
using System.Diagnostics;
using System.IO;
using System.Net.Sockets;
using System.Threading;

namespace FastRun.Layers.Registry.Http;

/// <summary>
/// A connection on which a read waits for the next byte only so long, and for a number of them too, and which dies when the pull or push
/// is given up. What it takes to use the bytes does not count. Bodies are
/// read on the pipeline's own threads with plain blocking calls, straight into its large buffers.
/// </summary>
internal sealed class ProgressStream : NetworkStream
{
    private readonly RegistryTimeouts _timeouts;
    private readonly CancellationTokenRegistration _stop;
    private TimeSpan _waited;
    private int _received;

    /// <summary>Owns the socket.</summary>
    internal ProgressStream(Socket socket, RegistryTimeouts timeouts, CancellationToken stop)
        : base(socket, ownsSocket: true)
    {
        _timeouts = timeouts;
        socket.SendTimeout = (int)timeouts.Progress.TotalMilliseconds;
        _stop = stop.UnsafeRegister(static state => ((Socket)state!).Dispose(), socket);
    }

    public override int Read(Span<byte> buffer)
    {
        WaitForData();
        return Count(base.Read(buffer));
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        WaitForData();
        return Count(base.Read(buffer, offset, count));
    }

    /// <summary>What is sent is taken in pieces, each in time. The answer to a request has all the time anew.</summary>
    public override void Write(ReadOnlySpan<byte> buffer)
    {
        (_received, _waited) = (0, TimeSpan.Zero);
        while (!buffer.IsEmpty)
        {
            try
            {
                buffer = buffer[Socket.Send(buffer[..Math.Min(buffer.Length, _timeouts.ProgressBytes)])..];
            }
            catch (Exception e) when (e is SocketException or ObjectDisposedException)
            {
                throw new IOException("connection", e);
            }
        }
    }

    public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

    protected override void Dispose(bool disposing)
    {
        _stop.Dispose();
        base.Dispose(disposing);
    }

    private void WaitForData()
    {
        try
        {
            long began = Stopwatch.GetTimestamp();
            bool isThere = Socket.Poll(_timeouts.Progress, SelectMode.SelectRead);
            _waited += Stopwatch.GetElapsedTime(began);
            if (!isThere || _waited > _timeouts.Progress)
            {
                throw new StalledException(isThere ? "too few bytes came for too long" : "no byte came for too long");
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException("connection", e);
        }
    }

    /// <summary>Begins to count anew once enough has come.</summary>
    private int Count(int read)
    {
        _received += read;
        if (_received >= _timeouts.ProgressBytes)
        {
            (_received, _waited) = (0, TimeSpan.Zero);
        }

        return read;
    }
}
