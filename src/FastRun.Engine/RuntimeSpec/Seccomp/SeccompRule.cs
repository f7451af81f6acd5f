using System.Collections.Generic;
using FastRun.Native.Capabilities;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>One element of a profile's <c>syscalls</c>.</summary>
/// <param name="Names">The system calls; names that an architecture does not have mean nothing there.</param>
/// <param name="Action">What happens to them.</param>
internal sealed record SeccompRule(IReadOnlyList<string> Names, SeccompAction Action)
{
    /// <summary>
    /// Conditions on the arguments, all of which have to hold; but if two of them are on the same argument each stands for a
    /// rule of its own, as runc and crun have it.
    /// </summary>
    internal IReadOnlyList<ArgumentCondition> Conditions { get; init; } = [];

    /// <summary>The rule is in force only where this holds.</summary>
    internal RuleFilter Includes { get; init; } = RuleFilter.None;

    /// <summary>The rule is not in force where any of this holds.</summary>
    internal RuleFilter Excludes { get; init; } = RuleFilter.None;

    /// <summary>Whether the rule is in force for a container.</summary>
    internal bool Applies(string architecture, CapabilitySet capabilities, KernelVersion kernel) =>
        !Excluded(architecture, capabilities, kernel) && Included(architecture, capabilities, kernel);

    private bool Excluded(string architecture, CapabilitySet capabilities, KernelVersion kernel) =>
        (Excludes.Capabilities & capabilities).Mask != 0
        || HasArchitecture(Excludes, architecture)
        || (Excludes.MinKernel is { } oldest && kernel >= oldest);

    private bool Included(string architecture, CapabilitySet capabilities, KernelVersion kernel) =>
        (Includes.Capabilities & capabilities) == Includes.Capabilities
        && (Includes.Architectures is null || HasArchitecture(Includes, architecture))
        && (Includes.MinKernel is not { } oldest || kernel >= oldest);

    private static bool HasArchitecture(RuleFilter filter, string architecture)
    {
        foreach (string name in filter.Architectures ?? [])
        {
            if (name == architecture)
            {
                return true;
            }
        }

        return false;
    }
}
