using System;
using System.IO;
using System.IO.Pipelines;
using System.Net.Security;
using System.Security.Authentication;
using System.Threading;
using System.Threading.Tasks;
using Microsoft.AspNetCore.Connections;

namespace FastRun.Http;

/// <summary>TLS between a connection and who reads its requests.</summary>
/// <param name="next">Reads the requests.</param>
/// <param name="options">The server's certificate.</param>
internal sealed class TlsConnection(ConnectionDelegate next, SslServerAuthenticationOptions options)
{
    private const int Record = 16 << 10;

    // A client that connects and says nothing must not hold a connection for long.
    private static readonly TimeSpan s_handshake = TimeSpan.FromSeconds(20);

    internal async Task RunAsync(ConnectionContext connection)
    {
        IDuplexPipe plain = connection.Transport;
        SslStream encrypted = new(new DuplexStream(plain.Input.AsStream(), plain.Output.AsStream()));
        await using (encrypted)
        {
            if (!await TryHandshakeAsync(connection, encrypted))
            {
                return;
            }

            PipeReader input = PipeReader.Create(encrypted, new StreamPipeReaderOptions(bufferSize: Record, leaveOpen: true));
            PipeWriter output = PipeWriter.Create(encrypted, new StreamPipeWriterOptions(minimumBufferSize: Record, leaveOpen: true));
            connection.Transport = new Pipes(input, output);
            try
            {
                await next(connection);
            }
            finally
            {
                await input.CompleteAsync();
                try
                {
                    await output.CompleteAsync();
                    await encrypted.ShutdownAsync();
                }
                catch (Exception e) when (IsFault(e))
                {
                    // The client is gone already.
                }

                connection.Transport = plain;
            }
        }
    }

    private async Task<bool> TryHandshakeAsync(ConnectionContext connection, SslStream encrypted)
    {
        using CancellationTokenSource patience = CancellationTokenSource.CreateLinkedTokenSource(connection.ConnectionClosed);
        patience.CancelAfter(s_handshake);
        try
        {
            await encrypted.AuthenticateAsServerAsync(options, patience.Token);
            return true;
        }
        catch (Exception e) when (IsFault(e))
        {
            return false;
        }
    }

    /// <summary>What a client can do to a connection.</summary>
    private static bool IsFault(Exception exception) => exception
        is IOException or AuthenticationException or OperationCanceledException or ObjectDisposedException
        or InvalidOperationException or ConnectionAbortedException;

    private sealed class Pipes(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
