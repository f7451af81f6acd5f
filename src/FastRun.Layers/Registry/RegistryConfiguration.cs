using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Layers.References;

namespace FastRun.Layers.Registry;

/// <summary>Where registries are found, and how far they are trusted. docs/registries.md describes the files.</summary>
/// <param name="registries">What is said of registries, by the name that references give them.</param>
public sealed class RegistryConfiguration(IReadOnlyDictionary<string, RegistrySettings> registries)
{
    private const string DockerHub = "registry-1.docker.io";

    /// <summary>No mirrors, and only loopback is insecure.</summary>
    public static RegistryConfiguration Default { get; } = new(new Dictionary<string, RegistrySettings>());

    /// <summary>
    /// The endpoints of a registry in the order in which they are asked: its mirrors, itself with https, and itself with
    /// http where that is allowed.
    /// </summary>
    internal IReadOnlyList<RegistryEndpoint> EndpointsOf(string registry)
    {
        List<RegistryEndpoint> endpoints = [];
        foreach (Uri mirror in registries.GetValueOrDefault(registry)?.Mirrors ?? [])
        {
            string prefix = mirror.AbsolutePath.Trim('/');
            endpoints.Add(new RegistryEndpoint(new Uri(mirror.GetLeftPart(UriPartial.Authority)), mirror.Authority)
            {
                IsMirror = true,
                VerifiesTls = VerifiesTls(mirror.Authority),
                RepositoryPrefix = prefix.Length == 0 ? "" : prefix + "/",
            });
        }

        string authority = registry == ImageReference.DefaultRegistry ? DockerHub : registry;
        bool verifies = VerifiesTls(registry);
        endpoints.Add(new RegistryEndpoint(new Uri("https://" + authority), registry) { VerifiesTls = verifies });
        if (!verifies)
        {
            endpoints.Add(new RegistryEndpoint(new Uri("http://" + authority), registry) { VerifiesTls = false });
        }

        return endpoints;
    }

    /// <summary>Whether a host's certificate must be trusted.</summary>
    internal bool VerifiesTls(string authority) =>
        !IsLoopback(authority) && registries.GetValueOrDefault(authority) is not { IsInsecure: true };

    private static bool IsLoopback(string authority)
    {
        string host = new Uri("http://" + authority).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
