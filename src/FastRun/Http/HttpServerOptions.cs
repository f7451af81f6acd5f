using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Security;

namespace FastRun.Http;

/// <summary>Where a server listens, and what it bears from its clients.</summary>
internal sealed record HttpServerOptions
{
    /// <summary>Addresses with ports (0: one that is free), or Unix sockets.</summary>
    internal required IReadOnlyList<EndPoint> Endpoints { get; init; }

    /// <summary>How to speak TLS; null for plain HTTP.</summary>
    internal SslServerAuthenticationOptions? Tls { get; init; }

    /// <summary>Called when the last connection has been gone for a moment.</summary>
    internal Action? Resting { get; init; }

    /// <summary>Whether handlers may take connections over (<see cref="RawConnection"/>).</summary>
    internal bool Takeover { get; init; }

    /// <summary>The most connections at once; more are closed as they come.</summary>
    internal int MaxConnections { get; init; } = 2000;

    /// <summary>The most bytes of all header fields of a request.</summary>
    internal int MaxHeaderBytes { get; init; } = 32 << 10;

    /// <summary>How long the header of a request may take.</summary>
    internal TimeSpan HeaderTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a connection may wait for its next request.</summary>
    internal TimeSpan KeepAliveTimeout { get; init; } = TimeSpan.FromSeconds(130);

    /// <summary>
    /// The bytes per second below which a body that comes or goes is given up, after ten seconds; null for none: a client that
    /// attaches to a quiet container sends nothing for hours.
    /// </summary>
    internal double? MinBodyRate { get; init; } = 240;
}
