using System;
using System.IO;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Http;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace FastRun.Grpc;

/// <summary>A call of a client's: one request over HTTP/2, whose status comes behind the body.</summary>
/// <param name="http">The request.</param>
internal sealed class GrpcServerCall(HttpExchange http)
{
    private const int LongestDetails = 24 << 10;

    /// <summary>What is called: <c>/package.Service/Method</c>.</summary>
    internal string Method => http.Path;

    /// <summary>Cancelled when the client has given the call up, or is gone.</summary>
    internal CancellationToken Aborted => http.Aborted;

    /// <summary>What the client says beside its messages; null where it is not there.</summary>
    internal string? Metadata(string name) => http.RequestHeaders[name].ToString() is { Length: > 0 } value ? value : null;

    /// <summary>The only message of a call that has one.</summary>
    internal async ValueTask<byte[]> RequestAsync() => await GrpcFrames.ReadAsync(http.RequestBody, Aborted) ?? [];

    /// <summary>Sends a message.</summary>
    internal ValueTask SendAsync(ReadOnlyMemory<byte> message) => GrpcFrames.WriteAsync(http.ResponseBody.AsStream(leaveOpen: true), message, Aborted);

    /// <summary>Answers a call: a handler sends its messages, and the status follows them.</summary>
    internal async Task RunAsync(Func<GrpcServerCall, Task> handler)
    {
        http.ResponseHeaders.ContentType = "application/grpc";
        try
        {
            if (http.Method != "POST" || !http.RequestHeaders.ContentType.ToString().StartsWith("application/grpc", StringComparison.Ordinal))
            {
                http.Status = 415;
                return;
            }

            await http.StartAsync();
            await handler(this);
            End(GrpcStatus.Ok, "", default);
        }
        catch (GrpcException e)
        {
            End(e.Status, e.Message, e.Details);
        }
        catch (Exception e) when (e is OperationCanceledException or IOException)
        {
            if (Aborted.IsCancellationRequested)
            {
                http.Abort();
            }
            else
            {
                End(GrpcStatus.Canceled, "context canceled", default);
            }
        }
    }

    private void End(GrpcStatus status, string message, ReadOnlyMemory<byte> details)
    {
        IHeaderDictionary trailers = http.Features.GetRequiredFeature<IHttpResponseTrailersFeature>().Trailers;
        trailers["grpc-status"] = ((int)status).ToString(System.Globalization.CultureInfo.InvariantCulture);
        if (message.Length > 0)
        {
            trailers["grpc-message"] = Escape(message);
        }

        if (details.Length is > 0 and < LongestDetails)
        {
            trailers["grpc-status-details-bin"] = Convert.ToBase64String(details.Span).TrimEnd('=');
        }
    }

    /// <summary>Percent-encoded, but for what ASCII can show.</summary>
    private static string Escape(string message)
    {
        StringBuilder escaped = new();
        foreach (byte c in Encoding.UTF8.GetBytes(message.Length > 8192 ? message[..8192] : message))
        {
            _ = c is >= 0x20 and <= 0x7E and not (byte)'%'
                ? escaped.Append((char)c)
                : escaped.Append(System.Globalization.CultureInfo.InvariantCulture, $"%{c:X2}");
        }

        return escaped.ToString();
    }
}
