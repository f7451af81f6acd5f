using System;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using System.Threading.Tasks;
using FastRun.Engine.Errors;
using FastRun.Layers.Oci;

namespace FastRun.DockerApi.Images;

/// <summary>
/// How something gets on, as a client reads it: one JSON object a line, as soon as it is there. A failure before the first has
/// a status of its own; one after it is the last line (Engine API, JSONMessage).
/// </summary>
internal sealed class ProgressMessages
{
    private const int Most = 256;

    private readonly Channel<string> _lines;
    private readonly ApiExchange _exchange;

    private ProgressMessages(ApiExchange exchange, bool whole)
    {
        _exchange = exchange;
        _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(Most)
        {
            FullMode = whole ? BoundedChannelFullMode.Wait : BoundedChannelFullMode.DropOldest,
            SingleReader = true,
        });
    }

    /// <summary>Lets the engine do something that tells how it gets on.</summary>
    /// <param name="exchange">The request.</param>
    /// <param name="work">What is done.</param>
    /// <param name="whole">Whether no message may be lost: then the work waits for a client that reads slowly.</param>
    internal static async Task RunAsync(ApiExchange exchange, Action<ProgressMessages> work, bool whole = false)
    {
        ProgressMessages messages = new(exchange, whole);
        Task<EngineException?> working = ApiWork.RunAsync(() => messages.Work(work));
        exchange.Http.ResponseHeaders.ContentType = "application/json";
        await foreach (string line in messages._lines.Reader.ReadAllAsync())
        {
            if (!exchange.Aborted.IsCancellationRequested)
            {
                try
                {
                    await exchange.Http.ResponseBody.WriteAsync(Encoding.UTF8.GetBytes(line), exchange.Aborted);
                }
                catch (OperationCanceledException)
                {
                    // The work finds out, and must have ended before the request has.
                }
            }
        }

        if (await working is { } failure)
        {
            if (!exchange.Http.HasStarted)
            {
                throw failure;
            }

            JsonObject detail = new() { ["message"] = failure.Message };
            if (failure.FailedCommand is { } command)
            {
                detail["code"] = command.ExitCode;
            }

            JsonObject last = new() { ["errorDetail"] = detail, ["error"] = failure.Message };
            await exchange.Http.ResponseBody.WriteAsync(Encoding.UTF8.GetBytes(last.ToJsonString() + "\r\n"), exchange.Aborted);
        }
    }

    /// <summary>What happens to a layer.</summary>
    /// <param name="digest">What it is called by.</param>
    /// <param name="status">What happens.</param>
    /// <param name="detail">How far it is.</param>
    internal static JsonObject OfLayer(Digest digest, string status, JsonObject detail) =>
        new() { ["status"] = status, ["progressDetail"] = detail, ["id"] = digest.ShortHex };

    /// <summary>Sends a status; of many that the client does not read in time the oldest are dropped.</summary>
    internal void Send(string status, string? id = null)
    {
        JsonObject message = new() { ["status"] = status };
        if (id is not null)
        {
            message["id"] = id;
        }

        Send(message);
    }

    /// <summary>Sends a message.</summary>
    internal void Send(JsonObject message)
    {
        string line = message.ToJsonString() + "\r\n";
        while (!_lines.Writer.TryWrite(line) && !_exchange.Aborted.IsCancellationRequested)
        {
            if (!Wait())
            {
                return;
            }
        }
    }

    /// <summary>Waits until the client has read something; false where it never will.</summary>
    private bool Wait()
    {
        try
        {
            return _lines.Writer.WaitToWriteAsync(_exchange.Aborted).AsTask().GetAwaiter().GetResult();
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }

    private EngineException? Work(Action<ProgressMessages> work)
    {
        try
        {
            work(this);
            return null;
        }
        catch (EngineException failure)
        {
            return failure;
        }
        finally
        {
            _lines.Writer.TryComplete();
        }
    }
}
