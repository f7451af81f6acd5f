using System;
using System.Buffers;
using System.Globalization;
using System.IO;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Threading;
using System.Threading.Tasks;
using FastRun.Engine.Filters;
using FastRun.Http;

namespace FastRun.DockerApi;

/// <summary>One request of the Engine API and its response.</summary>
/// <param name="http">The request as it came.</param>
/// <param name="version">The version that its shapes are of.</param>
/// <param name="path">The parts of its path behind the version.</param>
internal sealed class ApiExchange(HttpExchange http, ApiVersion version, string[] path)
{
    private const int LongestBody = 8 << 20;
    private const int DeepestBody = 32;

    internal HttpExchange Http => http;

    internal ApiVersion Version => version;

    internal string[] Path => path;

    /// <summary>Cancelled when the client is gone.</summary>
    internal CancellationToken Aborted => http.Aborted;

    /// <summary>A field of the query; null where it is not there.</summary>
    internal string? Query(string name) => http.Query(name);

    /// <summary>A field that says yes or no; what is empty or a Go zero means no, as in Docker.</summary>
    internal bool Flag(string name, bool otherwise = false) => Query(name) is { } value
        ? !(value.Length == 0 || value is "0" || value.Equals("no", StringComparison.OrdinalIgnoreCase)
            || value.Equals("false", StringComparison.OrdinalIgnoreCase) || value.Equals("none", StringComparison.OrdinalIgnoreCase))
        : otherwise;

    /// <summary>A number of the query; null where it is not there.</summary>
    internal int? Number(string name) => Query(name) is not { Length: > 0 } text ? null
        : int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int number) ? number
        : throw ApiException.Invalid($"invalid value for {name}: \"{text}\"");

    /// <summary>The filters of the query, in either form that clients send: <c>{"key":["value"]}</c> or <c>{"key":{"value":true}}</c>.</summary>
    internal FilterTerms Filters()
    {
        FilterTerms terms = new();
        if (Query("filters") is not { Length: > 0 } text)
        {
            return terms;
        }

        using JsonDocument document = Parse(System.Text.Encoding.UTF8.GetBytes(text), "filters");
        if (document.RootElement.ValueKind != JsonValueKind.Object)
        {
            throw ApiException.Invalid("invalid filter");
        }

        foreach (JsonProperty key in document.RootElement.EnumerateObject())
        {
            switch (key.Value.ValueKind)
            {
                case JsonValueKind.Array:
                    foreach (JsonElement value in key.Value.EnumerateArray())
                    {
                        terms.Add(key.Name, value.ValueKind == JsonValueKind.String ? value.GetString()! : throw ApiException.Invalid("invalid filter"));
                    }

                    break;
                case JsonValueKind.Object:
                    foreach (JsonProperty value in key.Value.EnumerateObject())
                    {
                        if (value.Value.ValueKind == JsonValueKind.True)
                        {
                            terms.Add(key.Name, value.Name);
                        }
                    }

                    break;
                default:
                    throw ApiException.Invalid("invalid filter");
            }
        }

        return terms;
    }

    /// <summary>The body as JSON; one that is missing is an empty object.</summary>
    /// <exception cref="ApiException">It is too long, too deep, said to be of another type, or no JSON object.</exception>
    internal async Task<JsonElement> ReadJsonAsync()
    {
        byte[] body = await ReadBodyAsync();
        if (body.Length == 0)
        {
            return s_empty;
        }

        if (http.RequestHeaders.ContentType.ToString() is { Length: > 0 } type && !IsJson(type))
        {
            throw ApiException.Invalid($"Content-Type specified ({type}) must be 'application/json'");
        }

        using JsonDocument document = Parse(body, "body");
        return document.RootElement.ValueKind switch
        {
            JsonValueKind.Object => document.RootElement.Clone(),
            JsonValueKind.Null => s_empty,
            _ => throw ApiException.Invalid("invalid JSON: an object is expected"),
        };
    }

    /// <summary>Reads a body that says its length, and forgets it.</summary>
    /// <exception cref="ApiException">It is too long.</exception>
    internal async Task SkipBodyAsync()
    {
        if (http.RequestLength > 0)
        {
            _ = await ReadBodyAsync();
        }
    }

    /// <summary>Answers without a body.</summary>
    internal Task AnswerAsync(int status) => http.AnswerAsync(status);

    /// <summary>Answers with a document.</summary>
    internal Task AnswerAsync(int status, JsonNode document)
    {
        ArrayBufferWriter<byte> body = new(1024);
        using (Utf8JsonWriter writer = new(body, s_writing))
        {
            document.WriteTo(writer);
        }

        return AnswerAsync(status, body.WrittenMemory);
    }

    /// <summary>Answers with JSON that is written already.</summary>
    internal async Task AnswerAsync(int status, ReadOnlyMemory<byte> json)
    {
        byte[] line = new byte[json.Length + 1];
        json.CopyTo(line);
        line[^1] = (byte)'\n';
        await http.AnswerAsync(status, "application/json", line);
    }

    private static readonly JsonElement s_empty = JsonDocument.Parse("{}").RootElement;
    private static readonly JsonWriterOptions s_writing = new() { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private static bool IsJson(string type) => type.Split(';')[0].Trim().Equals("application/json", StringComparison.OrdinalIgnoreCase);

    private static JsonDocument Parse(ReadOnlyMemory<byte> text, string what)
    {
        try
        {
            return JsonDocument.Parse(text, new JsonDocumentOptions { MaxDepth = DeepestBody });
        }
        catch (JsonException)
        {
            throw ApiException.Invalid($"invalid JSON in the {what}");
        }
    }

    private async Task<byte[]> ReadBodyAsync()
    {
        if (http.RequestLength > LongestBody)
        {
            throw new ApiException(413, "http: request body too large");
        }

        using MemoryStream body = new();
        byte[] buffer = ArrayPool<byte>.Shared.Rent(16 << 10);
        try
        {
            int read;
            while ((read = await http.RequestBody.ReadAsync(buffer, Aborted)) > 0)
            {
                if (body.Length + read > LongestBody)
                {
                    throw new ApiException(413, "http: request body too large");
                }

                body.Write(buffer, 0, read);
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return body.ToArray();
    }
}
