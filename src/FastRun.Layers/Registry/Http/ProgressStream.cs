using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;

namespace FastRun.Layers.Registry.Http;

/// <summary>
/// A connection on which a read waits for the next byte only so long, and which dies when the pull is given up. Bodies are
/// read on the pipeline's own threads with plain blocking calls, straight into its large buffers.
/// </summary>
internal sealed class ProgressStream : NetworkStream
{
    private readonly TimeSpan _timeout;
    private readonly CancellationTokenRegistration _stop;

    /// <summary>Owns the socket.</summary>
    internal ProgressStream(Socket socket, TimeSpan timeout, CancellationToken stop)
        : base(socket, ownsSocket: true)
    {
        _timeout = timeout;
        _stop = stop.UnsafeRegister(static state => ((Socket)state!).Dispose(), socket);
    }

    public override int Read(Span<byte> buffer)
    {
        WaitForData();
        return base.Read(buffer);
    }

    public override int Read(byte[] buffer, int offset, int count)
    {
        WaitForData();
        return base.Read(buffer, offset, count);
    }

    protected override void Dispose(bool disposing)
    {
        _stop.Dispose();
        base.Dispose(disposing);
    }

    private void WaitForData()
    {
        try
        {
            if (!Socket.Poll(_timeout, SelectMode.SelectRead))
            {
                throw new StalledException();
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            throw new IOException("connection", e);
        }
    }
}
