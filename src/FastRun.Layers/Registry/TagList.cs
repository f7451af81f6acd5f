using System;
using System.Collections.Generic;
using System.Net.Http;
using System.Text.Json;
using FastRun.Layers.Oci;
using FastRun.Layers.References;
using FastRun.Layers.Registry.Http;

namespace FastRun.Layers.Registry;

/// <summary>The tags of a repository, page by page (distribution-spec, "Listing Tags"; RFC 5988 for the header Link).</summary>
internal sealed class TagList(RegistryClient client, string name)
{
    private const int MaxPages = 1000;
    private const int MaxTags = 100_000;

    internal IReadOnlyList<string> Fetch()
    {
        List<string> tags = [];
        HashSet<string> queries = [];
        string? query = "n=1000";
        while (query is not null)
        {
            if (!queries.Add(query) || queries.Count > MaxPages || tags.Count > MaxTags)
            {
                throw Wrong("the list of tags does not end");
            }

            RegistryRequest request = new(HttpMethod.Get, "tags/list", name) { Query = query, Noun = "repository" };
            query = client.Ask(request, (_, response) =>
            {
                byte[] body = ResponseBody.TryRead(response, StrictJson.MaxSize)
                    ?? throw new RegistryException(RegistryErrorKind.TooLarge, $"{name}: a page of tags is larger than 4 MiB");
                Parse(body, tags);
                return response.Headers.TryGetValues("Link", out IEnumerable<string>? links) ? NextQuery(links) : null;
            });
        }

        return tags;
    }

    /// <summary>The query of the next page. The path is known; one that leads elsewhere is not followed there.</summary>
    internal static string? NextQuery(IEnumerable<string> links)
    {
        foreach (string link in links)
        {
            int start = link.IndexOf('<', StringComparison.Ordinal);
            int end = link.IndexOf('>', StringComparison.Ordinal);
            int question = link.IndexOf('?', StringComparison.Ordinal);
            if (start >= 0 && question > start && end > question
                && link.AsSpan(end).Contains("next", StringComparison.OrdinalIgnoreCase))
            {
                string query = link[(question + 1)..end];
                int fragment = query.IndexOf('#', StringComparison.Ordinal);
                query = fragment < 0 ? query : query[..fragment];
                return query.AsSpan().ContainsAnyExceptInRange('!', '~') ? null : query;
            }
        }

        return null;
    }

    private void Parse(byte[] body, List<string> tags)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(body, new JsonDocumentOptions { MaxDepth = StrictJson.MaxDepth });
            JsonElement list = document.RootElement.GetProperty("tags");
            if (list.ValueKind == JsonValueKind.Null)
            {
                return;
            }

            foreach (JsonElement element in list.EnumerateArray())
            {
                string? tag = element.GetString();
                tags.Add(tag is not null && ReferenceGrammar.IsTag(tag)
                    ? tag
                    : throw Wrong($"the list holds an invalid tag: {ReferenceGrammar.Quote(tag ?? "null")}"));
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException)
        {
            throw Wrong("the list of tags is malformed");
        }
    }

    private RegistryException Wrong(string what) => new(RegistryErrorKind.Protocol, $"{name}: {what}");
}
