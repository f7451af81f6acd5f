using System;
using System.Buffers;
using System.Collections.Generic;
using System.Globalization;
using System.Linq;
using System.Text.Json;
using System.Threading.Tasks;
using FastRun.Http;
using FastRun.Layers.Hosting;
using FastRun.Layers.Oci;

namespace FastRun.RegistryApi;

/// <summary>Lists of tags, repositories and referrers, in pages (distribution-spec 1.1, "Content Discovery").</summary>
internal sealed class ListRequests(IHostedContent content)
{
    // The most that a list of referrers may have, as a manifest; what does not fit is the next page.
    private const int MaxReferrersBytes = 4 << 20;

    internal async Task TagsAsync(HttpExchange exchange, RepositoryName repository)
    {
        IReadOnlyList<string> tags = await content.ListTagsAsync(repository, exchange.Aborted)
            ?? throw new HostingException(HostingFault.NameUnknown, $"there is no repository {repository}");
        await AnswerAsync(exchange, $"/v2/{repository}/tags/list", tags, (json, page) =>
        {
            json.WriteString("name", repository.ToString());
            WriteList(json, "tags", page);
        });
    }

    internal Task CatalogAsync(HttpExchange exchange) => AnswerAsync(
        exchange,
        "/v2/_catalog",
        [.. content.ListRepositories().Select(static name => name.ToString())],
        static (json, page) => WriteList(json, "repositories", page));

    internal async Task ReferrersAsync(HttpExchange exchange, RepositoryName repository, Digest subject)
    {
        string? type = exchange.Query("artifactType");
        string? last = exchange.Query("last");
        IReadOnlyList<Referrer> referrers = await content.ListReferrersAsync(repository, subject, exchange.Aborted);
        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            json.WriteNumber("schemaVersion", 2);
            json.WriteString("mediaType", MediaTypes.OciIndex);
            json.WriteStartArray("manifests");
            string? previous = null;
            foreach (Referrer referrer in referrers)
            {
                string digest = referrer.Descriptor.Digest.ToString();
                if ((type is not null && referrer.ArtifactType != type) || string.CompareOrdinal(digest, last) <= 0)
                {
                    continue;
                }

                json.Flush();
                if (previous is not null && body.WrittenCount + Size(referrer) > MaxReferrersBytes)
                {
                    string filter = type is null ? "" : "&artifactType=" + Uri.EscapeDataString(type);
                    exchange.ResponseHeaders.Link = $"</v2/{repository}/referrers/{subject}?last={previous}{filter}>; rel=\"next\"";
                    break;
                }

                referrer.WriteTo(json);
                previous = digest;
            }

            json.WriteEndArray();
            json.WriteEndObject();
        }

        if (type is not null)
        {
            exchange.ResponseHeaders["OCI-Filters-Applied"] = "artifactType";
        }

        await exchange.AnswerAsync(200, MediaTypes.OciIndex, body.WrittenMemory);
    }

    private static Task AnswerAsync(
        HttpExchange exchange, string path, IReadOnlyList<string> all, Action<Utf8JsonWriter, List<string>> write)
    {
        int most = int.MaxValue;
        if (exchange.Query("n") is { } wanted && !int.TryParse(wanted, NumberStyles.None, CultureInfo.InvariantCulture, out most))
        {
            return RegistryErrors.AnswerAsync(exchange, 400, "PAGINATION_NUMBER_INVALID", "n is not a number");
        }

        string? last = exchange.Query("last");
        List<string> page = [];
        foreach (string item in all)
        {
            if (last is not null && RegistryDirectory.Order.Compare(item, last) <= 0)
            {
                continue;
            }

            if (page.Count == most)
            {
                if (most > 0)
                {
                    exchange.ResponseHeaders.Link = string.Create(
                        CultureInfo.InvariantCulture, $"<{path}?n={most}&last={Uri.EscapeDataString(page[^1])}>; rel=\"next\"");
                }

                break;
            }

            page.Add(item);
        }

        ArrayBufferWriter<byte> body = new();
        using (Utf8JsonWriter json = new(body))
        {
            json.WriteStartObject();
            write(json, page);
            json.WriteEndObject();
        }

        return exchange.AnswerAsync(200, "application/json", body.WrittenMemory);
    }

    private static void WriteList(Utf8JsonWriter json, string name, List<string> items)
    {
        json.WriteStartArray(name);
        foreach (string item in items)
        {
            json.WriteStringValue(item);
        }

        json.WriteEndArray();
    }

    private static int Size(Referrer referrer)
    {
        ArrayBufferWriter<byte> one = new();
        using (Utf8JsonWriter json = new(one))
        {
            referrer.WriteTo(json);
        }

        return one.WrittenCount;
    }
}
