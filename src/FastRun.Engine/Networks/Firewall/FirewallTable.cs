using FastRun.Layers;

namespace FastRun.Engine.Networks.Firewall;

/// <summary>The name of a run root's tables: several roots on one machine never meet.</summary>
internal static class FirewallTable
{
    /// <summary>The name.</summary>
    internal static string Of(StateLayout layout) =>
        EngineInstance.IsDefault(layout) ? "fastrun" : "fastrun-" + EngineInstance.Suffix(layout);
}
