using System;
using System.Collections.Generic;
using System.IO;
using System.Net;
using FastRun.Layers.References;
using FastRun.Layers.Registry.Http;

namespace FastRun.Layers.Registry;

/// <summary>
/// Where registries are found, which way leads there, and how far they are trusted. docs/registries.md describes the files
/// and variables.
/// </summary>
public sealed class RegistryConfiguration
{
    private const string DockerHub = "registry-1.docker.io";
    private const string SystemCertificates = "/etc/docker/certs.d";

    private readonly IReadOnlyDictionary<string, RegistrySettings> _registries;

    /// <summary>States a configuration.</summary>
    /// <param name="registries">What is said of registries, by the name that references give them.</param>
    public RegistryConfiguration(IReadOnlyDictionary<string, RegistrySettings> registries)
        : this(registries, ProxyRules.None, new TlsTrust([], Environment.GetEnvironmentVariable))
    {
    }

    internal RegistryConfiguration(
        IReadOnlyDictionary<string, RegistrySettings> registries, ProxyRules proxies, TlsTrust trust) =>
        (_registries, Proxies, Trust) = (registries, proxies, trust);

    /// <summary>No mirrors, no proxies, and only loopback is insecure.</summary>
    public static RegistryConfiguration Default { get; } = new(new Dictionary<string, RegistrySettings>());

    /// <summary>Which proxies lead where.</summary>
    internal ProxyRules Proxies { get; }

    /// <summary>Which certificates are trusted, and which are shown.</summary>
    internal TlsTrust Trust { get; }

    /// <summary>Reads <see cref="ConfigurationFiles"/> and the proxies of the environment.</summary>
    /// <exception cref="RegistryConfigurationException">A file or a variable is malformed.</exception>
    /// <exception cref="Native.SyscallException">A file cannot be read.</exception>
    public static RegistryConfiguration Load() => Of(ConfigurationFiles.Load(), Environment.GetEnvironmentVariable);

    internal static RegistryConfiguration Of(ConfigurationFiles files, Func<string, string?> environment)
    {
        List<string> certificates = [SystemCertificates];
        if (ConfigurationFiles.UserDirectory(environment) is { } user)
        {
            certificates.Add(Path.Combine(user, "docker/certs.d"));
        }

        return new RegistryConfiguration(
            files.Registries, ProxyRules.FromEnvironment(environment), new TlsTrust(certificates, environment));
    }

    /// <summary>
    /// The endpoints of a registry in the order in which they are asked: its mirrors, itself with https, and itself with
    /// http where that is allowed.
    /// </summary>
    internal IReadOnlyList<RegistryEndpoint> EndpointsOf(string registry)
    {
        List<RegistryEndpoint> endpoints = [];
        foreach (Uri mirror in _registries.GetValueOrDefault(registry)?.Mirrors ?? [])
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

    /// <summary>The same, but that a registry is asked itself.</summary>
    internal RegistryConfiguration WithoutMirrorsOf(string registry)
    {
        Dictionary<string, RegistrySettings> registries = new(_registries, StringComparer.Ordinal);
        if (registries.TryGetValue(registry, out RegistrySettings? settings))
        {
            registries[registry] = settings with { Mirrors = [] };
        }

        return new RegistryConfiguration(registries, Proxies, Trust);
    }

    /// <summary>The same, but one registry may be asked with plain http, and its certificate need not be trusted.</summary>
    public RegistryConfiguration WithInsecure(string registry)
    {
        Dictionary<string, RegistrySettings> registries = new(_registries)
        {
            [registry] = (_registries.GetValueOrDefault(registry) ?? new RegistrySettings([], IsInsecure: true)) with { IsInsecure = true },
        };
        return new RegistryConfiguration(registries, Proxies, Trust);
    }

    /// <summary>Whether a host's certificate must be trusted.</summary>
    internal bool VerifiesTls(string authority) =>
        _registries.GetValueOrDefault(authority) is { } settings ? !settings.IsInsecure
        : !IsLoopback(authority) || Trust.HasOwnAuthority(authority);

    internal static bool IsLoopback(string authority)
    {
        string host = new Uri("http://" + authority).Host;
        return host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host.Trim('[', ']'), out IPAddress? address) && IPAddress.IsLoopback(address));
    }
}
