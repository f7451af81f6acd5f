using System.Globalization;
using System.Text;
using FastRun.Layers;

namespace FastRun.Engine.Networks;

/// <summary>
/// What tells several roots of state on one machine apart in names that the kernel has once for all: interfaces, tables of the
/// firewall.
/// </summary>
internal static class EngineInstance
{
    /// <summary>Whether these are the roots of an engine that was told nothing.</summary>
    internal static bool IsDefault(StateLayout layout) =>
        layout.DataRoot == StateLayout.DefaultDataRoot && layout.RunRoot == StateLayout.DefaultRunRoot;

    /// <summary>Eight hex digits that belong to these roots; empty for the default ones.</summary>
    internal static string Suffix(StateLayout layout)
    {
        if (IsDefault(layout))
        {
            return "";
        }

        // FNV-1a: against accidents. Who chooses roots may choose the same.
        uint hash = 2166136261;
        foreach (byte b in Encoding.UTF8.GetBytes($"{layout.DataRoot}\n{layout.RunRoot}"))
        {
            hash = (hash ^ b) * 16777619;
        }

        return hash.ToString("x8", CultureInfo.InvariantCulture);
    }
}
