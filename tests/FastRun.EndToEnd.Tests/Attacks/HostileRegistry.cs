using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using System.Net.Http;
using System.Net.Http.Headers;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;
using FastRun.TestRegistry;

namespace FastRun.EndToEnd.Tests.Attacks;

/// <summary>
/// The distribution project's registry, once for all tests of a class, to which images are pushed that skopeo would look into.
/// </summary>
public sealed class HostileRegistry : IDisposable
{
    private const string Repository = "hostile/image";

    private readonly DockerRegistry _registry = new();
    private readonly HashSet<string> _pushed = [];
    private readonly HttpClient _client;

    public HostileRegistry() => _client = new HttpClient { BaseAddress = new Uri($"http://{_registry.Authority}/v2/{Repository}/") };

    /// <inheritdoc/>
    public void Dispose()
    {
        _client.Dispose();
        _registry.Dispose();
    }

    /// <summary>Pushes a layout's only image (distribution-spec, "Pushing") and returns its name.</summary>
    internal string Push(OciLayout layout, string tag)
    {
        JsonNode index = JsonNode.Parse(File.ReadAllText(Path.Combine(layout.Directory, "index.json")))!;
        JsonNode descriptor = Assert.Single(index["manifests"]!.AsArray())!;
        byte[] manifest = File.ReadAllBytes(layout.BlobPath((string)descriptor["digest"]!));
        JsonNode document = JsonNode.Parse(manifest)!;
        foreach (JsonNode? blob in (JsonNode?[])[document["config"], .. document["layers"]!.AsArray()])
        {
            string digest = (string)blob!["digest"]!;
            if (_pushed.Add(digest))
            {
                Uri place = Send(HttpMethod.Post, "blobs/uploads/", [], HttpStatusCode.Accepted)!;
                char separator = place.OriginalString.Contains('?') ? '&' : '?';
                Send(HttpMethod.Put, $"{place}{separator}digest={digest}", File.ReadAllBytes(layout.BlobPath(digest)), HttpStatusCode.Created);
            }
        }

        Send(HttpMethod.Put, "manifests/" + tag, manifest, HttpStatusCode.Created, (string)document["mediaType"]!);
        return $"{_registry.Authority}/{Repository}:{tag}";
    }

    private Uri? Send(HttpMethod method, string url, byte[] content, HttpStatusCode expected, string mediaType = "application/octet-stream")
    {
        using HttpRequestMessage request = new(method, url) { Content = new ByteArrayContent(content) };
        request.Content.Headers.ContentType = new MediaTypeHeaderValue(mediaType);
        using HttpResponseMessage response = _client.Send(request);
        Assert.Equal(expected, response.StatusCode);
        return response.Headers.Location;
    }
}
