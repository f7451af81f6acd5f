using System;
using System.Collections.Generic;

namespace FastRun.Layers.Registry;

/// <summary>What a configuration file says about one registry.</summary>
/// <param name="Mirrors">Where its content is asked for first, in this order: scheme, host, and what comes before the repository.</param>
/// <param name="IsInsecure">Whether plain http and certificates that nobody vouches for will do.</param>
public sealed record RegistrySettings(IReadOnlyList<Uri> Mirrors, bool IsInsecure);
