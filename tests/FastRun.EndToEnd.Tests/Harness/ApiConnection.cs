using System;
using System.Net.Sockets;
using System.Text;

namespace FastRun.EndToEnd.Tests.Harness;

/// <summary>A connection to the API on which a test says word by word what it wants.</summary>
internal sealed class ApiConnection : IDisposable
{
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { ReceiveTimeout = 60_000, SendTimeout = 60_000 };

    internal ApiConnection(string path) => _socket.Connect(new UnixDomainSocketEndPoint(path));

    /// <summary>Sends a text; false where the other side has closed.</summary>
    internal bool Send(string text) => Send(Encoding.Latin1.GetBytes(text));

    /// <inheritdoc cref="Send(string)"/>
    internal bool Send(ReadOnlySpan<byte> bytes)
    {
        try
        {
            while (!bytes.IsEmpty)
            {
                bytes = bytes[_socket.Send(bytes)..];
            }

            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is not SocketError.TimedOut)
        {
            return false;
        }
    }

    /// <summary>Asks with a body, as clients that want a stream do.</summary>
    internal bool Upgrade(string path, string json = "") => Send(
        $"POST {path} HTTP/1.1\r\nHost: engine\r\nConnection: Upgrade\r\nUpgrade: tcp\r\nContent-Type: application/json\r\nContent-Length: {json.Length}\r\n\r\n{json}");

    /// <summary>Says that no more will be sent.</summary>
    internal void EndInput() => _socket.Shutdown(SocketShutdown.Send);

    /// <summary>Reads once; nothing at the end.</summary>
    internal string Read()
    {
        byte[] buffer = new byte[16 << 10];
        try
        {
            return Encoding.Latin1.GetString(buffer, 0, _socket.Receive(buffer));
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionReset)
        {
            return "";
        }
    }

    /// <summary>Reads until a text was there, or to the end.</summary>
    internal string ReadUntil(string text)
    {
        StringBuilder all = new();
        while (!all.ToString().Contains(text, StringComparison.Ordinal) && Read() is { Length: > 0 } piece)
        {
            all.Append(piece);
        }

        return all.ToString();
    }

    /// <summary>Reads to the end.</summary>
    internal string ReadToEnd() => ReadUntil("\uffff");

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
