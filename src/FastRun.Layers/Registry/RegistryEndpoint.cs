using System;

namespace FastRun.Layers.Registry;

/// <summary>One place where a registry's content can be had: the registry itself, or a mirror of it.</summary>
/// <param name="Address">Scheme, host, port, and the path before <c>/v2/</c>, without a slash at the end.</param>
/// <param name="CredentialName">The registry whose credentials it may see.</param>
public sealed record RegistryEndpoint(Uri Address, string CredentialName)
{
    /// <summary>Whether its certificate must be trusted.</summary>
    public bool VerifiesTls { get; init; } = true;

    /// <summary>Whether any failure leads to the next endpoint; else only one to connect does.</summary>
    public bool IsMirror { get; init; }

    /// <summary>What comes before the repository's name in a mirror of many registries; ends in a slash unless it is empty.</summary>
    public string RepositoryPrefix { get; init; } = "";

    /// <summary>Whether https is only tried here: the same registry with http comes next, and often breaks off what it does not speak.</summary>
    internal bool IsTentative => !VerifiesTls && !IsMirror && Address.Scheme == Uri.UriSchemeHttps;

    /// <summary>The address of a path below <c>/v2/</c>.</summary>
    internal Uri UriOf(string repository, string path) => new(Address, $"/v2/{RepositoryPrefix}{repository}/{path}");

    /// <summary>The address as messages give it.</summary>
    public override string ToString() => $"{Address.Scheme}://{Address.Authority}";
}
