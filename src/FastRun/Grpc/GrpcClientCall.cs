using System;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Threading;
using System.Threading.Tasks;

namespace FastRun.Grpc;

/// <summary>A call at another side: messages both ways until each is ended, then a status. One thread sends, one receives.</summary>
internal sealed class GrpcClientCall : IDisposable
{
    private readonly Outgoing _content;
    private readonly Task<HttpResponseMessage> _response;
    private readonly HttpRequestMessage _request;
    private readonly CancellationToken _cancellation;
    private Stream? _incoming;

    internal GrpcClientCall(Outgoing content, Task<HttpResponseMessage> response, HttpRequestMessage request, CancellationToken cancellation) =>
        (_content, _response, _request, _cancellation) = (content, response, request, cancellation);

    /// <summary>Sends a message.</summary>
    /// <exception cref="GrpcException">The call has ended.</exception>
    internal async Task SendAsync(ReadOnlyMemory<byte> message)
    {
        try
        {
            Task<Stream> opened = _content.Opened;
            if (await Task.WhenAny(opened, _response) == _response)
            {
                // Where it has failed, nothing is opened any more; else the answer was quicker than that.
                await _response;
            }

            await GrpcFrames.WriteAsync(await opened, message, _cancellation);
        }
        catch (Exception e) when (IsGone(e))
        {
            throw await EndOfAsync(e);
        }
    }

    /// <summary>Sends no more.</summary>
    internal Task EndSendingAsync()
    {
        _content.End();
        return Task.CompletedTask;
    }

    /// <summary>Receives a message; null at the end.</summary>
    /// <exception cref="GrpcException">The call has failed.</exception>
    internal async Task<byte[]?> ReceiveAsync()
    {
        try
        {
            HttpResponseMessage response = await _response;
            _incoming ??= await response.Content.ReadAsStreamAsync(_cancellation);
            byte[]? message = await GrpcFrames.ReadAsync(_incoming, _cancellation);
            if (message is null && Failure(response) is { } failure)
            {
                throw failure;
            }

            return message;
        }
        catch (Exception e) when (IsGone(e))
        {
            throw Broken(e);
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _content.End();
        _request.Dispose();
        if (_response.IsCompletedSuccessfully)
        {
            _response.Result.Dispose();
        }
        else
        {
            // Nobody asks any more what has become of it.
            _ = _response.ContinueWith(static task => _ = task.Exception, TaskScheduler.Default);
        }
    }

    private static bool IsGone(Exception exception) =>
        exception is IOException or HttpRequestException or OperationCanceledException or ObjectDisposedException or InvalidOperationException;

    /// <summary>Why nothing can be sent any more: the other side's status, where it has told one.</summary>
    private async Task<GrpcException> EndOfAsync(Exception broken)
    {
        try
        {
            while (await ReceiveAsync() is not null)
            {
                // What it still had to say.
            }
        }
        catch (GrpcException e)
        {
            return e;
        }

        return Broken(broken);
    }

    private GrpcException Broken(Exception exception) => exception is OperationCanceledException && _cancellation.IsCancellationRequested
        ? new GrpcException(GrpcStatus.Canceled, "context canceled")
        : new GrpcException(GrpcStatus.Unavailable, "the client is gone");

    private static GrpcException? Failure(HttpResponseMessage response)
    {
        string? text = Find(response.TrailingHeaders, "grpc-status") ?? Find(response.Headers, "grpc-status");
        if (response.StatusCode != HttpStatusCode.OK || !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out int status))
        {
            return new GrpcException(GrpcStatus.Unknown, "the client did not answer as gRPC should");
        }

        string? message = Find(response.TrailingHeaders, "grpc-message") ?? Find(response.Headers, "grpc-message");
        return status == 0 ? null : new GrpcException((GrpcStatus)status, Uri.UnescapeDataString(message ?? "the client's call failed"));
    }

    private static string? Find(HttpResponseHeaders headers, string name) =>
        headers.TryGetValues(name, out var values) ? values.First() : null;

    /// <summary>What is sent, as long as the call lasts.</summary>
    internal sealed class Outgoing : HttpContent
    {
        private readonly TaskCompletionSource<Stream> _opened = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);

        internal Outgoing() => Headers.ContentType = new MediaTypeHeaderValue("application/grpc");

        internal Task<Stream> Opened => _opened.Task;

        internal void End() => _ended.TrySetResult();

        protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) => SerializeToStreamAsync(stream, context, default);

        protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
        {
            try
            {
                await stream.FlushAsync(cancellationToken);
                _opened.TrySetResult(stream);
            }
            catch (Exception e)
            {
                _opened.TrySetException(e);
                throw;
            }

            await _ended.Task.WaitAsync(cancellationToken);
        }

        protected override bool TryComputeLength(out long length)
        {
            length = 0;
            return false;
        }
    }
}
