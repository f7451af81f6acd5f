using System;
using FastRun.Layers.References;

namespace FastRun.Layers.Registry.Authentication;

/// <summary>The registry that a credential is for, under the names that Docker's files know it by.</summary>
/// <param name="Host">The registry as references spell it, with its port if it has one: <c>docker.io</c>, <c>localhost:5000</c>.</param>
public readonly record struct RegistryServer(string Host)
{
    /// <summary>What Docker calls Docker Hub in its configuration, for the sake of its first registry's URL.</summary>
    public const string DockerHubKey = "https://index.docker.io/v1/";

    /// <summary>Whether it is Docker Hub.</summary>
    public bool IsDockerHub => Host == ImageReference.DefaultRegistry;

    /// <summary>The key under which its credential is kept and asked for.</summary>
    public string Key => IsDockerHub ? DockerHubKey : Host;

    /// <summary>The server that a user names; nothing means Docker Hub.</summary>
    /// <exception cref="ReferenceFormatException">It is no registry's name.</exception>
    public static RegistryServer Parse(string? text)
    {
        if (string.IsNullOrEmpty(text))
        {
            return new RegistryServer(ImageReference.DefaultRegistry);
        }

        RegistryServer server = OfKey(text);
        return ReferenceGrammar.IsRegistry(server.Host)
            ? server
            : throw new ReferenceFormatException($"{ReferenceGrammar.Quote(text)}: invalid registry name");
    }

    /// <summary>
    /// The server that a key of a configuration file means: a host, or a URL as older releases of Docker wrote them. A key
    /// of podman's may go on with a namespace, which is not looked at.
    /// </summary>
    public static RegistryServer OfKey(string key)
    {
        ReadOnlySpan<char> host = key;
        if (host.StartsWith("https://", StringComparison.Ordinal))
        {
            host = host["https://".Length..];
        }
        else if (host.StartsWith("http://", StringComparison.Ordinal))
        {
            host = host["http://".Length..];
        }

        int slash = host.IndexOf('/');
        host = slash < 0 ? host : host[..slash];
        return new RegistryServer(
            host is "index.docker.io" or "registry-1.docker.io" ? ImageReference.DefaultRegistry : host.ToString());
    }
}
