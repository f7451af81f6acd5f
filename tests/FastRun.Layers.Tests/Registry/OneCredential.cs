using FastRun.Layers.Registry;

namespace FastRun.Layers.Tests.Registry;

/// <summary>The same credential for every registry: a leak to another host shows.</summary>
internal sealed class OneCredential(RegistryCredential credential) : IRegistryCredentials
{
    public RegistryCredential? Find(string registry) => credential;
}
