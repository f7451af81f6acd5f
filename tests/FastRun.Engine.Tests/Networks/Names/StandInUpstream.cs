using System;
using System.Net;
using System.Net.Sockets;
using System.Threading;
using FastRun.Native;
using FastRun.Native.Namespaces;

namespace FastRun.Engine.Tests.Networks.Names;

/// <summary>
/// A DNS server of the outside world, on port 53 of an address in a namespace: an A question gets one fixed address, over TCP another
/// one; names that begin with <c>big</c> are cut short over UDP, and those with <c>fail</c> fail.
/// </summary>
internal sealed class StandInUpstream : IDisposable
{
    internal const string OverUdp = "192.0.2.1";
    internal const string OverTcp = "192.0.2.2";

    private readonly Socket _datagram;
    private readonly Socket _listener;
    private readonly bool _fails;
    private int _asked;

    internal StandInUpstream(Fd networkNamespace, string address, bool fails = false)
    {
        _fails = fails;
        using (NetworkNamespace.Enter(networkNamespace))
        {
            _datagram = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            _datagram.Bind(new IPEndPoint(IPAddress.Parse(address), 53));
            _listener = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
            _listener.Bind(new IPEndPoint(IPAddress.Parse(address), 53));
            _listener.Listen();
        }

        new Thread(ServeDatagrams) { IsBackground = true }.Start();
        new Thread(ServeStreams) { IsBackground = true }.Start();
    }

    /// <summary>How many questions came.</summary>
    internal int Asked => Volatile.Read(ref _asked);

    public void Dispose()
    {
        _datagram.Dispose();
        _listener.Dispose();
    }

    private void ServeDatagrams()
    {
        byte[] buffer = new byte[65535];
        EndPoint sender = new IPEndPoint(IPAddress.Any, 0);
        try
        {
            while (true)
            {
                int length = _datagram.ReceiveFrom(buffer, ref sender);
                Interlocked.Increment(ref _asked);
                _datagram.SendTo(Answer(buffer[..length], OverUdp, isDatagram: true), sender);
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
        catch (ObjectDisposedException)
        {
            // Disposed.
        }
    }

    private void ServeStreams()
    {
        try
        {
            while (true)
            {
                using Socket connection = _listener.Accept();
                using NetworkStream stream = new(connection);
                byte[] length = new byte[2];
                stream.ReadExactly(length);
                byte[] query = new byte[(length[0] << 8) | length[1]];
                stream.ReadExactly(query);
                Interlocked.Increment(ref _asked);
                byte[] answer = Answer(query, OverTcp, isDatagram: false);

                // In pieces: a stream has no messages.
                stream.Write([(byte)(answer.Length >> 8)]);
                stream.Write([(byte)answer.Length, answer[0]]);
                stream.Write(answer.AsSpan(1));
            }
        }
        catch (SocketException)
        {
            // Disposed.
        }
        catch (ObjectDisposedException)
        {
            // Disposed.
        }
        catch (System.IO.IOException)
        {
            // The other side left.
        }
    }

    private byte[] Answer(byte[] query, string address, bool isDatagram)
    {
        int end = 12;
        while (query[end] != 0)
        {
            end += query[end] + 1;
        }

        end += 5;
        string first = System.Text.Encoding.ASCII.GetString(query, 13, query[12]);
        bool isShort = isDatagram && first.StartsWith("big", StringComparison.Ordinal);
        bool fails = _fails || first.StartsWith("fail", StringComparison.Ordinal);
        byte flags = (byte)(0x81 | (isShort ? 2 : 0));
        byte[] header = [query[0], query[1], flags, (byte)(fails ? 0x82 : 0x80), 0, 1, 0, (byte)(fails || isShort ? 0 : 1), 0, 0, 0, 0];
        byte[] record = fails || isShort ? [] : [0xC0, 12, 0, 1, 0, 1, 0, 0, 0, 5, 0, 4, .. IPAddress.Parse(address).GetAddressBytes()];
        return [.. header, .. query[12..end], .. record];
    }
}
