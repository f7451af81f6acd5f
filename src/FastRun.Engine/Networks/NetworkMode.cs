using System;

namespace FastRun.Engine.Networks;

/// <summary>What <c>--network</c> names, in Docker's words (Engine API, NetworkMode).</summary>
public static class NetworkMode
{
    /// <summary>Docker's word for the network of containers that ask for none.</summary>
    public const string Default = "default";

    private const string ContainerPrefix = "container:";
    private const string CniPrefix = "cni:";

    /// <summary>The container whose network is shared; null for another mode.</summary>
    public static string? SharedContainer(string mode)
    {
        ArgumentNullException.ThrowIfNull(mode);
        return mode.StartsWith(ContainerPrefix, StringComparison.Ordinal) ? mode[ContainerPrefix.Length..] : null;
    }

    /// <summary>The network that CNI plugins make; null for another mode.</summary>
    public static string? CniNetwork(string mode)
    {
        ArgumentNullException.ThrowIfNull(mode);
        return mode.StartsWith(CniPrefix, StringComparison.Ordinal) ? mode[CniPrefix.Length..] : null;
    }

    /// <summary>Whether it is a network of ours in which a container has an end of its own.</summary>
    public static bool IsBridge(string mode) =>
        mode is not (BuiltInNetworks.None or BuiltInNetworks.Host) && SharedContainer(mode) is null && CniNetwork(mode) is null;

    /// <summary>Whether somebody made it: aliases and addresses of one's own are for those.</summary>
    public static bool IsUserDefined(string mode) => IsBridge(mode) && mode != BuiltInNetworks.Bridge;
}
