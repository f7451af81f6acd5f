using System;
using System.Collections.Generic;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Native.Capabilities;
using FastRun.Native.Launch;

namespace FastRun.Engine.Launch;

/// <summary>Turns <c>--ulimit</c> values into what prlimit(2) takes, as far as this host lets them be set.</summary>
internal static class ResourceLimits
{
    // The order of RLIMIT_* in asm-generic/resource.h.
    private static readonly string[] s_names =
    [
        "cpu", "fsize", "data", "stack", "core", "rss", "nproc", "nofile", "memlock", "as", "locks", "sigpending",
        "msgqueue", "nice", "rtprio", "rttime",
    ];

    /// <summary>Resolves the limits.</summary>
    /// <exception cref="EngineException">The hard limit is above the engine's own, and this host does not let it be raised.</exception>
    internal static List<ResourceLimit> Of(IReadOnlyList<Ulimit> ulimits, CapabilitySet host)
    {
        List<ResourceLimit> limits = [];
        foreach (Ulimit ulimit in ulimits)
        {
            int resource = Array.IndexOf(s_names, ulimit.Name);
            ulong soft = Value(ulimit.Soft);
            ulong hard = Value(ulimit.Hard);
            ulong most = CurrentLimit.Hard(resource);
            if (hard > most && !host.Contains(Capability.CAP_SYS_RESOURCE))
            {
                throw new EngineException(
                    ErrorKind.Unsupported,
                    $"ulimit {ulimit.Name}: {Text(hard)} is above this host's hard limit of {Text(most)}, "
                        + "and raising it needs CAP_SYS_RESOURCE, which is missing here",
                    hint: $"use at most --ulimit {ulimit.Name}={Text(most)}");
            }

            limits.Add(new ResourceLimit(resource, soft, hard));
        }

        return limits;
    }

    private static ulong Value(long limit) => limit < 0 ? ulong.MaxValue : (ulong)limit;

    private static string Text(ulong limit) =>
        limit == ulong.MaxValue ? "-1" : limit.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
