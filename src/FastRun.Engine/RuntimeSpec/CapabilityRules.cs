using System;
using System.Collections.Generic;
using FastRun.Engine.Errors;
using FastRun.Native.Capabilities;

namespace FastRun.Engine.RuntimeSpec;

/// <summary>
/// What --cap-add, --cap-drop and --privileged come to. As in Docker: what is added wins over what is dropped, except that
/// ADD of ALL gives way to named drops; --privileged ignores both lists.
/// </summary>
public static class CapabilityRules
{
    private const string All = "ALL";

    /// <summary>The container's capabilities on this host.</summary>
    /// <exception cref="EngineException">A name is unknown, or this host cannot give a capability that was named.</exception>
    public static CapabilitySet Resolve(IReadOnlyList<string> capAdd, IReadOnlyList<string> capDrop, bool privileged)
    {
        CapabilitySet permitted = ProcessCapabilities.Permitted();
        CapabilitySet wanted = Resolve(capAdd, capDrop, privileged, permitted, out CapabilitySet named);
        if (wanted == (DefaultCapabilities.Set & permitted))
        {
            return wanted;
        }

        CapabilitySet available = ProcessCapabilities.Bounding(wanted & permitted);
        foreach (Capability missing in named.Except(available).Members())
        {
            throw new EngineException(
                ErrorKind.Unsupported,
                $"--cap-add {missing.Name()}: this host cannot give it",
                hint: "fastrun does not have it itself; ALL adds what there is");
        }

        return available;
    }

    /// <summary>The rules alone.</summary>
    /// <param name="capAdd">Names to add, or ALL.</param>
    /// <param name="capDrop">Names to drop, or ALL.</param>
    /// <param name="privileged">Everything.</param>
    /// <param name="host">What the host can give: ALL, --privileged and the default list mean no more than this.</param>
    /// <param name="named">What was added by name, whether the host can give it or not.</param>
    internal static CapabilitySet Resolve(
        IReadOnlyList<string> capAdd,
        IReadOnlyList<string> capDrop,
        bool privileged,
        CapabilitySet host,
        out CapabilitySet named)
    {
        named = Parse("--cap-add", capAdd, out bool addAll);
        CapabilitySet dropped = Parse("--cap-drop", capDrop, out bool dropAll);
        if (privileged)
        {
            named = CapabilitySet.Empty;
            return host;
        }

        if (addAll)
        {
            named = CapabilitySet.Empty;
            return host.Except(dropped);
        }

        return dropAll ? named : (DefaultCapabilities.Set & host).Except(dropped) | named;
    }

    private static CapabilitySet Parse(string option, IReadOnlyList<string> names, out bool all)
    {
        all = false;
        CapabilitySet set = default;
        foreach (string name in names)
        {
            if (name.Equals(All, StringComparison.OrdinalIgnoreCase))
            {
                all = true;
            }
            else if (CapabilityNames.TryParse(name, out Capability capability))
            {
                set = set.With(capability);
            }
            else
            {
                throw EngineException.Invalid($"invalid {option}: unknown capability \"{name}\"");
            }
        }

        return set;
    }
}
