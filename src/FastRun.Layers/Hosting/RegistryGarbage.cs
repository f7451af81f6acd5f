namespace FastRun.Layers.Hosting;

/// <summary>What a collection removed from a registry's directory.</summary>
/// <param name="Uploads">Uploads that were given up.</param>
/// <param name="Manifests">Manifests that no tag leads to.</param>
/// <param name="Blobs">Blobs that nothing needs.</param>
/// <param name="Bytes">What all of it occupied.</param>
public sealed record RegistryGarbage(int Uploads, int Manifests, int Blobs, long Bytes);
