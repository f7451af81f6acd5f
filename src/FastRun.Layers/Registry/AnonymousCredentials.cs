namespace FastRun.Layers.Registry;

/// <summary>No credentials for any registry.</summary>
public sealed class AnonymousCredentials : IRegistryCredentials
{
    /// <summary>The only instance.</summary>
    public static AnonymousCredentials Instance { get; } = new();

    /// <inheritdoc/>
    public RegistryCredential? Find(string registry) => null;
}
