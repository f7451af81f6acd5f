using System.Threading;

namespace FastRun.Layers.Registry;

/// <summary>What a registry client needs to know besides the repository.</summary>
public sealed record RegistryClientOptions
{
    /// <summary>Mirrors, insecure registries, certificates, proxies.</summary>
    public required RegistryConfiguration Configuration { get; init; }

    /// <summary>Where credentials come from.</summary>
    public IRegistryCredentials Credentials { get; init; } = AnonymousCredentials.Instance;

    /// <summary>How long to wait, and how often to ask again.</summary>
    public RegistryTimeouts Timeouts { get; init; } = new();

    /// <summary>Breaks all connections when it is cancelled; whoever waits for one gets an OperationCanceledException.</summary>
    public CancellationToken Stop { get; init; }
}
