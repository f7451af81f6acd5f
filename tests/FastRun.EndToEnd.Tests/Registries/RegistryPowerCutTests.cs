using System;
using System.IO;
using System.Net.Http;
using System.Text.Json.Nodes;
using FastRun.EndToEnd.Tests.Harness;

namespace FastRun.EndToEnd.Tests.Registries;

/// <summary>A registry on a disk that loses its power: what was acknowledged is there afterwards.</summary>
public sealed class RegistryPowerCutTests : IDisposable
{
    private readonly StateRoots _roots = new();
    private readonly LoopDisk _disk;

    public RegistryPowerCutTests() => _disk = new LoopDisk(Path.Combine(_roots.Top, "disk"));

    private string Directory => Path.Combine(_disk.Directory, "registry");

    public void Dispose()
    {
        _disk.Dispose();
        _roots.Dispose();
    }

    [Fact]
    public void PowerIsCut_WhatWasAcknowledgedIsThere()
    {
        byte[] layer = OwnRegistry.Bytes(300_000);
        byte[] chunked = OwnRegistry.Bytes(2_000_000, seed: 2);
        string image;
        string moved;
        byte[] signature;
        using (OwnRegistry registry = new(Directory))
        {
            image = registry.PushImage("a/b", "v1", layer);
            registry.PushImage("a/b", "moved", layer);
            moved = registry.PushImage("a/b", "moved", OwnRegistry.Bytes(1000, seed: 3));
            string place = registry.BeginUpload("a/b");
            Assert.Equal(202, registry.Status(HttpMethod.Patch, place, chunked[..1_500_000]));
            Assert.Equal(201, registry.Status(HttpMethod.Put, $"{place}?digest={OwnRegistry.Sha256(chunked)}", chunked[1_500_000..]));
            Assert.Equal(201, registry.Status(HttpMethod.Post, $"/v2/other/blobs/uploads/?mount={OwnRegistry.Sha256(chunked)}&from=a/b"));
            signature = OwnRegistry.Json(new JsonObject
            {
                ["schemaVersion"] = 2,
                ["mediaType"] = OwnRegistry.Manifest,
                ["artifactType"] = "application/x-signature",
                ["config"] = OwnRegistry.Descriptor("application/vnd.oci.empty.v1+json", "{}"u8.ToArray()),
                ["layers"] = new JsonArray(),
                ["subject"] = OwnRegistry.Descriptor(OwnRegistry.Manifest, registry.Get("/v2/a/b/manifests/v1")),
            });
            Assert.Equal(201, registry.Status(HttpMethod.Put, "/v2/a/b/manifests/" + OwnRegistry.Sha256(signature), signature, OwnRegistry.Manifest));
            string unfinished = registry.BeginUpload("a/b");
            Assert.Equal(202, registry.Status(HttpMethod.Patch, unfinished, layer));
            _disk.CutPower(registry.Kill);
        }

        using OwnRegistry again = new(Directory);
        Assert.Equal(image, OwnRegistry.Sha256(again.Get("/v2/a/b/manifests/v1")));
        Assert.Equal(moved, OwnRegistry.Sha256(again.Get("/v2/a/b/manifests/moved")));
        Assert.Equal(layer, again.Get("/v2/a/b/blobs/" + OwnRegistry.Sha256(layer)));
        Assert.Equal(chunked, again.Get("/v2/other/blobs/" + OwnRegistry.Sha256(chunked)));
        Assert.Equal(signature, again.Get("/v2/a/b/manifests/" + OwnRegistry.Sha256(signature)));
        JsonNode referrers = JsonNode.Parse(again.Get("/v2/a/b/referrers/" + image))!;
        Assert.Equal(OwnRegistry.Sha256(signature), (string?)referrers["manifests"]![0]!["digest"]);
        Assert.Equal("""["moved","v1"]""", JsonNode.Parse(again.Get("/v2/a/b/tags/list"))!["tags"]!.ToJsonString());

        // And it goes on as before.
        Assert.Equal(image, again.PushImage("a/b", "again", layer));
        new Command(Repository.Binary, "registry", "gc", Directory).Run().Exits(0);
        Assert.Equal(layer, again.Get("/v2/a/b/blobs/" + OwnRegistry.Sha256(layer)));
    }
}
