using System.Collections.Generic;
using System.Net.Security;

namespace FastRun.Daemon;

/// <summary>Where a daemon listens, and whom it lets in.</summary>
internal sealed record DaemonOptions
{
    /// <summary>Where it listens; at least one.</summary>
    internal required IReadOnlyList<DaemonAddress> Addresses { get; init; }

    /// <summary>The group that its own Unix sockets belong to.</summary>
    internal uint Group { get; init; }

    /// <summary>How clients over TCP are asked who they are; null for plain HTTP.</summary>
    internal SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>Whether TCP without <see cref="Tls"/> is meant.</summary>
    internal bool AllowPlain { get; init; }

    /// <summary>The file that has the daemon's process id while it runs; null for none.</summary>
    internal string? PidFile { get; init; }
}
