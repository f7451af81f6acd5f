using System;
using System.IO;
using System.Net.Sockets;
using System.Text;
using System.Threading;

namespace FastRun.TestRegistry;

/// <summary>One request and the connection that its answer goes to.</summary>
internal sealed class FaultyExchange(FaultyRequest request, Socket socket, Stream stream)
{
    /// <summary>What was asked.</summary>
    internal FaultyRequest Request => request;

    /// <summary>Whether the connection takes no further request.</summary>
    internal bool IsClosed { get; private set; }

    /// <summary>Answers with a status, header fields and a body of the stated length.</summary>
    internal void Respond(int status, byte[] body, params string[] fields)
    {
        // These two have no body, and so no length of one (RFC 9110, 8.6).
        Head(status, status is 204 or 304 ? fields : [$"Content-Length: {body.Length}", .. fields]);
        if (request.Method != "HEAD")
        {
            Send(body);
        }
    }

    /// <summary>Answers with a registry's error document.</summary>
    internal void RespondError(int status, string code, string message, params string[] fields) => Respond(
        status,
        Encoding.UTF8.GetBytes("{\"errors\":[{\"code\":\"" + code + "\",\"message\":\"" + message + "\"}]}"),
        ["Content-Type: application/json", .. fields]);

    /// <summary>Answers with a blob, or with the part from a Range's first byte to its end.</summary>
    internal void RespondBlob(byte[] content)
    {
        if (request.RangeStart is not { } start)
        {
            Respond(200, content, "Content-Type: application/octet-stream");
            return;
        }

        string range = request.Header("Range");
        string last = range[(range.IndexOf('-', StringComparison.Ordinal) + 1)..];
        int end = last.Length == 0 ? content.Length : int.Parse(last, null) + 1;
        Respond(206, content[(int)start..end], $"Content-Range: bytes {start}-{end - 1}/{content.Length}");
    }

    /// <summary>Sends a status line and header fields.</summary>
    internal void Head(int status, params string[] fields) =>
        Send(Encoding.UTF8.GetBytes($"HTTP/1.1 {status} Status\r\n{string.Join("\r\n", fields)}\r\n\r\n"));

    /// <summary>Sends bytes as they are.</summary>
    internal void Send(ReadOnlySpan<byte> bytes)
    {
        stream.Write(bytes);
        stream.Flush();
    }

    /// <summary>Ends the connection in order.</summary>
    internal void Close()
    {
        IsClosed = true;
        stream.Dispose();
    }

    /// <summary>Breaks the connection: the client gets a reset. What was sent before may be lost with it.</summary>
    internal void Reset()
    {
        IsClosed = true;
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    /// <summary>Sends a byte now and then, some dozens in a second, until the client goes away.</summary>
    internal void Drip(ReadOnlySpan<byte> content)
    {
        try
        {
            foreach (byte next in content)
            {
                Send([next]);
                Thread.Sleep(20);
            }
        }
        catch (IOException)
        {
        }

        Stall();
    }

    /// <summary>Sends nothing more until the client goes away.</summary>
    internal void Stall()
    {
        IsClosed = true;
        try
        {
            while (stream.ReadByte() >= 0)
            {
            }
        }
        catch (IOException)
        {
        }
    }
}
