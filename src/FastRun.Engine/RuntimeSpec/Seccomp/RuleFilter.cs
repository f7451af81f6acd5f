using System.Collections.Generic;
using FastRun.Native.Capabilities;

namespace FastRun.Engine.RuntimeSpec.Seccomp;

/// <summary>When a rule is in force: the <c>includes</c> or <c>excludes</c> of Docker's profile format.</summary>
internal sealed record RuleFilter
{
    /// <summary>No condition.</summary>
    internal static RuleFilter None { get; } = new();

    /// <summary>Capabilities of the container.</summary>
    internal CapabilitySet Capabilities { get; init; }

    /// <summary>Architectures of the host, as libseccomp names them; null for any.</summary>
    internal IReadOnlyList<string>? Architectures { get; init; }

    /// <summary>The oldest kernel, or null for any.</summary>
    internal KernelVersion? MinKernel { get; init; }
}
