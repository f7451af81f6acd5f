using System;
using System.IO;
using System.Net.Sockets;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Supervision;

namespace FastRun.DockerApi.Streams;

/// <summary>Copies between a client and a process, until either ends.</summary>
/// <param name="client">The client.</param>
/// <param name="session">The process.</param>
internal sealed class StreamRelay(HijackedStream client, AttachSession session)
{
    // Most clients send little or nothing.
    private const int FirstChunk = 1 << 10;
    private const int Chunk = 32 << 10;

    /// <summary>Which streams the client reads.</summary>
    internal AttachStreams Streams { get; init; } = AttachStreams.Stdout | AttachStreams.Stderr;

    /// <summary>What a client with a terminal types to leave; null for no such keys.</summary>
    internal DetachKeys? DetachKeys { get; init; }

    /// <summary>Copies until the process has ended, or the client is gone.</summary>
    /// <param name="tty">Whether the process has a terminal.</param>
    /// <returns>Whether the process has ended.</returns>
    internal async Task<bool> RunAsync(bool tty)
    {
        using CancellationTokenSource ended = CancellationTokenSource.CreateLinkedTokenSource(client.Gone);
        Task<bool> input = CopyInputAsync(ended);
        bool hasExited = false;
        try
        {
            await client.HeaderReadAsync();
            hasExited = await CopyOutputAsync(new FrameStream(client.Stream, tty), ended.Token);
        }
        catch (Exception e) when (IsGone(e))
        {
            // The client is gone.
        }

        await ended.CancelAsync();
        if (!await input && !hasExited && (Streams & AttachStreams.Stdin) != 0)
        {
            // Once it has read what it was sent before; it may have to write for that, which somebody else looks after.
            _ = EndInputAsync();
        }

        return hasExited;
    }

    /// <summary>A client that vanished types nothing any more: a process that reads must not wait for it for ever.</summary>
    private async Task EndInputAsync()
    {
        try
        {
            await session.EndInputAsync(default);
        }
        catch (Exception e) when (IsGone(e))
        {
            // The process is gone, too.
        }
    }

    /// <summary>What a client that is gone makes of reading and writing.</summary>
    internal static bool IsGone(Exception exception) =>
        exception is IOException or OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException;

    private async Task<bool> CopyOutputAsync(FrameStream output, CancellationToken ended)
    {
        while (true)
        {
            (AttachedFrame kind, ReadOnlyMemory<byte> content) = await session.ReadAsync(ended);
            switch (kind)
            {
                case AttachedFrame.Stdout when (Streams & AttachStreams.Stdout) != 0:
                    await output.WriteAsync(isError: false, content, ended);
                    break;
                case AttachedFrame.Stderr when (Streams & AttachStreams.Stderr) != 0:
                    await output.WriteAsync(isError: true, content, ended);
                    break;
                case AttachedFrame.Exited or AttachedFrame.Lost:
                    return true;
                default:
                    break;
            }
        }
    }

    /// <returns>Whether the process knows that the client's input has ended, or is not to know.</returns>
    private async Task<bool> CopyInputAsync(CancellationTokenSource ended)
    {
        byte[] chunk = new byte[FirstChunk];
        try
        {
            int read;
            for (; (read = await client.Stream.ReadAsync(chunk, ended.Token)) > 0; chunk = read == FirstChunk ? new byte[Chunk] : chunk)
            {
                if ((Streams & AttachStreams.Stdin) == 0)
                {
                    continue;
                }

                bool stays = true;
                ReadOnlyMemory<byte> typed = DetachKeys is null ? chunk.AsMemory(0, read) : Filter(chunk.AsSpan(0, read), out stays);
                if (typed.Length > 0 && !await session.SendInputAsync(typed, ended.Token))
                {
                    return true;
                }

                if (!stays)
                {
                    await session.DetachAsync(ended.Token);
                    await ended.CancelAsync();
                    return true;
                }
            }

            if ((Streams & AttachStreams.Stdin) != 0)
            {
                await session.EndInputAsync(ended.Token);
            }

            return true;
        }
        catch (Exception e) when (IsGone(e))
        {
            // It was broken off, not ended: there is nobody to write to either, of which writing little tells nothing.
            await ended.CancelAsync();
            return false;
        }
    }

    private byte[] Filter(ReadOnlySpan<byte> bytes, out bool stays)
    {
        stays = DetachKeys!.Filter(bytes, out ReadOnlySpan<byte> typed);
        return typed.ToArray();
    }
}
