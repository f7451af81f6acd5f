using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Grpc;
using FastRun.Native.Filesystem;

namespace FastRun.DockerApi.BuildKit;

/// <summary>A file that the client writes where it was told to: one call, which begins with the first byte (BuildKit, FileSend).</summary>
/// <param name="session">The client's session.</param>
/// <param name="metadata">Which output it is.</param>
internal sealed class ByteStream(ClientSession session, IReadOnlyList<KeyValuePair<string, string>> metadata) : WriteOnlyStream
{
    private const int Chunk = 1 << 20;

    private GrpcClientCall? _call;

    public override void Write(ReadOnlySpan<byte> buffer)
    {
        _call ??= session.Channel.Begin("/moby.filesync.v1.FileSend/DiffCopy", metadata, session.Gone);
        try
        {
            while (!buffer.IsEmpty)
            {
                int length = Math.Min(buffer.Length, Chunk);
                _call.SendAsync(BytesMessage.Write(buffer[..length])).GetAwaiter().GetResult();
                buffer = buffer[length..];
            }
        }
        catch (GrpcException e)
        {
            throw Failed(e);
        }
    }

    /// <summary>Waits until the client has all of it.</summary>
    /// <exception cref="EngineException">It could not write it.</exception>
    internal void Complete()
    {
        if (_call is null)
        {
            return;
        }

        try
        {
            _call.EndSendingAsync().GetAwaiter().GetResult();
            while (_call.ReceiveAsync().GetAwaiter().GetResult() is not null)
            {
                // It has nothing to say but its status.
            }
        }
        catch (GrpcException e)
        {
            throw Failed(e);
        }
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _call?.Dispose();
        }

        base.Dispose(disposing);
    }

    private static EngineException Failed(GrpcException e) => new(ErrorKind.Internal, "the client could not write its output: " + e.Message, e);
}
