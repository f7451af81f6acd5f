using System;
using System.Buffers;
using System.Text.Json;
using System.Threading.Tasks;
using FastRun.Http;
using FastRun.Layers.Hosting;

namespace FastRun.RegistryApi;

/// <summary>Refusals as clients read them (distribution-spec 1.1, "Error Codes").</summary>
internal static class RegistryErrors
{
    /// <summary>Answers with an error.</summary>
    internal static Task AnswerAsync(HttpExchange exchange, HostingException refusal)
    {
        (int status, string code) = Describe(refusal.Fault);
        return AnswerAsync(exchange, status, code, refusal.Message);
    }

    /// <summary>Answers with an error.</summary>
    internal static Task AnswerAsync(HttpExchange exchange, int status, string code, string message)
    {
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            json.WriteStartArray("errors");
            json.WriteStartObject();
            json.WriteString("code", code);
            json.WriteString("message", message);
            json.WriteEndObject();
            json.WriteEndArray();
            json.WriteEndObject();
        }

        return exchange.AnswerAsync(status, "application/json", body.WrittenMemory);
    }

    private static (int Status, string Code) Describe(HostingFault fault) => fault switch
    {
        HostingFault.NameInvalid => (400, "NAME_INVALID"),
        HostingFault.NameUnknown => (404, "NAME_UNKNOWN"),
        HostingFault.BlobUnknown => (404, "BLOB_UNKNOWN"),
        HostingFault.ManifestUnknown => (404, "MANIFEST_UNKNOWN"),
        HostingFault.ManifestInvalid => (400, "MANIFEST_INVALID"),
        HostingFault.ManifestBlobUnknown => (400, "MANIFEST_BLOB_UNKNOWN"),
        HostingFault.DigestInvalid => (400, "DIGEST_INVALID"),
        HostingFault.SizeInvalid => (400, "SIZE_INVALID"),
        HostingFault.UploadUnknown => (404, "BLOB_UPLOAD_UNKNOWN"),
        HostingFault.UploadOutOfOrder => (416, "BLOB_UPLOAD_INVALID"),
        HostingFault.UploadBusy => (409, "BLOB_UPLOAD_INVALID"),
        HostingFault.TooLarge => (413, "SIZE_INVALID"),
        HostingFault.Unsupported => (405, "UNSUPPORTED"),
        HostingFault.Denied => (403, "DENIED"),
        HostingFault.TooManyRequests => (429, "TOOMANYREQUESTS"),
        HostingFault.Unavailable => (503, "UNAVAILABLE"),
        HostingFault.StorageFull => (507, "UNAVAILABLE"),
        _ => throw new ArgumentOutOfRangeException(nameof(fault)),
    };
}
