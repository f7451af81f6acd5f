using System.Collections.Generic;

namespace FastRun.Engine.Launch;

/// <summary>One sysctl to set.</summary>
/// <param name="Path">Its file below /proc.</param>
/// <param name="Value">What is written.</param>
internal sealed record SysctlWrite(string Path, string Value)
{
    /// <summary>The writes for sysctls by name, dots between the parts.</summary>
    internal static IReadOnlyList<SysctlWrite> Of(IReadOnlyDictionary<string, string> sysctls)
    {
        List<SysctlWrite> writes = [];
        foreach ((string name, string value) in sysctls)
        {
            writes.Add(new SysctlWrite("sys/" + name.Replace('.', '/'), value));
        }

        return writes;
    }
}
