using System;
using System.Threading;
using FastRun.Engine.Errors;
using FastRun.Layers.Hosting;
using FastRun.Layers.Hosting.Upstream;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;

namespace FastRun.Engine.Registries;

/// <summary>Opens what a registry of ours serves.</summary>
public static class RegistryHosting
{
    /// <summary>A directory that clients push to.</summary>
    /// <param name="path">The directory; made where it is missing.</param>
    /// <param name="maxBlobSize">The most bytes of one blob; null for no limit.</param>
    /// <exception cref="EngineException">It holds something else, or cannot be written.</exception>
    public static RegistryDirectory OpenDirectory(string path, long? maxBlobSize) =>
        EngineErrors.Translated(() => RegistryDirectory.Open(path, maxBlobSize));

    /// <summary>A cache before another registry, which is reached as the configuration and the caller's credentials say.</summary>
    /// <param name="path">Where it keeps what it fetched; made where it is missing.</param>
    /// <param name="upstream">The other registry: its name, or its https address.</param>
    /// <param name="options">How long and how much it keeps.</param>
    /// <exception cref="EngineException">The directory holds something else, or cannot be written.</exception>
    public static RegistryCache OpenCache(string path, string upstream, RegistryCacheOptions options)
    {
        const string scheme = "https://";
        string name = (upstream.StartsWith(scheme, StringComparison.OrdinalIgnoreCase) ? upstream[scheme.Length..] : upstream).TrimEnd('/');
        return EngineErrors.Translated(() => new RegistryCache(
            path, name, RegistryConfiguration.Load(), CredentialStore.FromEnvironment(), options));
    }

    /// <summary>Removes from a registry's directory what nothing needs; servers go on meanwhile.</summary>
    /// <exception cref="EngineException">It is no registry's, or the disk fails.</exception>
    public static RegistryGarbage Collect(string path, bool untagged, Action waiting, CancellationToken cancellation) =>
        EngineErrors.Translated(() =>
        {
            using RegistryDirectory directory = RegistryDirectory.OpenExisting(path);
            return directory.Collect(untagged, waiting, cancellation);
        });
}
