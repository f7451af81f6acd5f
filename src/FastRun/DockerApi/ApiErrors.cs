using System;
using System.Text.Json.Nodes;
using System.Threading.Tasks;
using FastRun.Engine.Errors;

namespace FastRun.DockerApi;

/// <summary>Failures as clients of the Engine API read them: a status, and <c>{"message": ...}</c> (ErrorResponse).</summary>
internal static class ApiErrors
{
    /// <summary>Answers with a failure, or breaks the connection where an answer has begun.</summary>
    internal static Task AnswerAsync(ApiExchange exchange, int status, string message)
    {
        if (exchange.Http.HasStarted)
        {
            exchange.Http.Abort();
            return Task.CompletedTask;
        }

        exchange.Http.ResponseHeaders.ContentLength = null;
        return exchange.AnswerAsync(status, new JsonObject { ["message"] = message });
    }

    /// <summary>The status for each kind of failure.</summary>
    internal static int StatusOf(ErrorKind kind) => kind switch
    {
        ErrorKind.InvalidArgument => 400,
        ErrorKind.NotFound => 404,
        ErrorKind.Conflict => 409,
        ErrorKind.PermissionDenied => 403,
        ErrorKind.Unsupported => 501,
        ErrorKind.CommandNotFound => 400,
        ErrorKind.CommandNotExecutable => 400,
        ErrorKind.Unavailable => 503,
        ErrorKind.CorruptContent => 500,
        ErrorKind.ResourceExhausted => 500,
        ErrorKind.Interrupted => 500,
        ErrorKind.Internal => 500,
        _ => throw new ArgumentOutOfRangeException(nameof(kind)),
    };
}
