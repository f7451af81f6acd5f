using System;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry.Http;

namespace FastRun.Layers.Registry;

/// <summary>What a response with an error status means (distribution-spec, "Error Codes"), in Docker's words.</summary>
internal static class ServerError
{
    /// <summary>The failure that a response states.</summary>
    /// <param name="request">What was asked.</param>
    /// <param name="repositoryName">The repository that was asked for; null where the registry itself was.</param>
    /// <param name="endpoint">Whom.</param>
    /// <param name="response">The answer.</param>
    internal static RegistryException Describe(
        RegistryRequest request, string? repositoryName, RegistryEndpoint endpoint, HttpResponseMessage response)
    {
        string why = ReadReason(response) ?? DefaultReason(response.StatusCode, request.Noun);
        int status = (int)response.StatusCode;
        return status switch
        {
            401 when repositoryName is null => new RegistryException(RegistryErrorKind.Unauthorized, $"{request.Subject}: {why}"),
            403 when repositoryName is null => new RegistryException(RegistryErrorKind.Denied, $"{request.Subject}: {why}"),
            404 when repositoryName is not null => new RegistryException(
                RegistryErrorKind.NotFound, $"{request.Noun} for {request.Subject} not found: {why}"),
            401 => Refused(RegistryErrorKind.Unauthorized, request, repositoryName!, why),
            403 => Refused(RegistryErrorKind.Denied, request, repositoryName!, why),
            429 => new RegistryException(
                RegistryErrorKind.TooManyRequests, $"{request.Subject}: {endpoint} limits the rate of requests: {why}")
            {
                IsTransient = true,
                RetryAfter = Delay(response.Headers.RetryAfter),
            },
            408 or >= 500 => new RegistryException(
                RegistryErrorKind.Unavailable, $"{request.Subject}: {endpoint} answers {status}: {why}")
            {
                IsTransient = status is not (501 or 505),
                RetryAfter = Delay(response.Headers.RetryAfter),
            },
            _ => new RegistryException(
                RegistryErrorKind.Protocol, $"{request.Subject}: {endpoint} answers {status}: {why}"),
        };
    }

    private static RegistryException Refused(RegistryErrorKind kind, RegistryRequest request, string repositoryName, string why) => new(
        kind,
        $"{request.Verb} access denied for {repositoryName}, repository does not exist or may require 'fastrun login': {why}");

    private static TimeSpan? Delay(RetryConditionHeaderValue? header) =>
        header?.Delta ?? (header?.Date is { } date ? date - DateTimeOffset.UtcNow : null);

    private static string DefaultReason(HttpStatusCode status, string noun) => (int)status switch
    {
        404 => $"{noun} unknown",
        401 => "authentication required",
        403 => "requested access to the resource is denied",
        429 => "too many requests",
        503 => "service unavailable",
        >= 500 => "server error",
        _ => "unexpected status",
    };

    /// <summary>The first error of the body, as <c>code: message</c>; null where there is none that can be read.</summary>
    private static string? ReadReason(HttpResponseMessage response)
    {
        try
        {
            byte[]? body = ResponseBody.TryRead(response, ResponseBody.MaxMessage);
            return body is null ? null : ParseReason(body);
        }
        catch (Exception e) when (TransportFault.Is(e))
        {
            return null;
        }
    }

    private static string? ParseReason(byte[] body)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = StrictJson.MaxDepth });
            if (document.RootElement.ValueKind != JsonValueKind.Object
                || !document.RootElement.TryGetProperty("errors", out JsonElement errors)
                || errors.ValueKind != JsonValueKind.Array || errors.GetArrayLength() == 0
                || errors[0].ValueKind != JsonValueKind.Object)
            {
                return null;
            }

            string code = Text(errors[0], "code").ToLowerInvariant().Replace('_', ' ');
            string message = Text(errors[0], "message");
            string text = code.Length == 0 ? message : message.Length == 0 ? code : $"{code}: {message}";
            return text.Length == 0 ? null : ReferenceGrammar.Quote(text);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    private static string Text(JsonElement error, string key) =>
        error.TryGetProperty(key, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
