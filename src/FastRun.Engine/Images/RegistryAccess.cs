using System.Threading;
using FastRun.Layers.Registry;
using FastRun.Layers.Registry.Authentication;

namespace FastRun.Engine.Images;

/// <summary>How this machine and this user reach registries.</summary>
internal static class RegistryAccess
{
    /// <summary>What a registry client is told.</summary>
    /// <param name="stop">Breaks its connections.</param>
    /// <param name="insecure">A registry that may be asked with plain http, whatever the configuration says; null for none.</param>
    /// <param name="credentials">Where credentials come from; null for this user's own.</param>
    internal static RegistryClientOptions Options(CancellationToken stop, string? insecure = null, IRegistryCredentials? credentials = null) => new()
    {
        Configuration = insecure is null ? RegistryConfiguration.Load() : RegistryConfiguration.Load().WithInsecure(insecure),
        Credentials = credentials ?? CredentialStore.FromEnvironment(),
        Stop = stop,
    };
}
