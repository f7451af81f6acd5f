using System.Threading;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;

namespace FastRun.Engine.Images;

/// <summary>How this machine and this user reach registries.</summary>
internal static class RegistryAccess
{
    /// <summary>What a registry client is told.</summary>
    /// <param name="stop">Breaks its connections.</param>
    internal static RegistryClientOptions Options(CancellationToken stop) => new()
    {
        Configuration = RegistryConfiguration.Load(),
        Credentials = CredentialStore.FromEnvironment(),
        Stop = stop,
    };
}
