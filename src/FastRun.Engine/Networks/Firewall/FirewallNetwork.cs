namespace FastRun.Engine.Networks.Firewall;

/// <summary>What the firewall knows of a network.</summary>
/// <param name="Bridge">Its bridge interface.</param>
/// <param name="IsInternal">It has no way out, and no way in.</param>
/// <param name="Masquerades">What leaves it for the outside gets the host's address.</param>
internal readonly record struct FirewallNetwork(string Bridge, bool IsInternal, bool Masquerades);
