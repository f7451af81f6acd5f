using System;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using System.Threading.Tasks;
using FastRun.Engine.Errors;

namespace FastRun.DockerApi.Images;

/// <summary>
/// How something gets on, as a client reads it: one JSON object a line, as soon as it is there. A failure before the first has
/// a status of its own; one after it is the last line (Engine API, JSONMessage).
/// </summary>
internal sealed class ProgressMessages
{
    private const int Most = 256;

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(
        new BoundedChannelOptions(Most) { FullMode = BoundedChannelFullMode.DropOldest, SingleReader = true });

    private readonly ApiExchange _exchange;

    private ProgressMessages(ApiExchange exchange) => _exchange = exchange;

    /// <summary>Lets the engine do something that tells how it gets on.</summary>
    internal static async Task RunAsync(ApiExchange exchange, Action<ProgressMessages> work)
    {
        ProgressMessages messages = new(exchange);
        Task<EngineException?> working = ApiWork.RunAsync(() => messages.Work(work));
        exchange.Http.ResponseHeaders.ContentType = "application/json";
        await foreach (string line in messages._lines.Reader.ReadAllAsync())
        {
            if (!exchange.Aborted.IsCancellationRequested)
            {
                await exchange.Http.ResponseBody.WriteAsync(Encoding.UTF8.GetBytes(line), exchange.Aborted);
            }
        }

        if (await working is { } failure)
        {
            if (!exchange.Http.HasStarted)
            {
                throw failure;
            }

            JsonObject last = new() { ["errorDetail"] = new JsonObject { ["message"] = failure.Message }, ["error"] = failure.Message };
            await exchange.Http.ResponseBody.WriteAsync(Encoding.UTF8.GetBytes(last.ToJsonString() + "\r\n"), exchange.Aborted);
        }
    }

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
    internal void Send(JsonObject message) => _lines.Writer.TryWrite(message.ToJsonString() + "\r\n");

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
