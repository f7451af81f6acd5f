using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Http;

namespace FastRun.Daemon;

/// <summary>Where the daemon is to listen, as <c>-H</c> has it: one of the three.</summary>
internal sealed record DaemonAddress
{
    private const string Unix = "unix://";
    private const string Tcp = "tcp://";
    private const string Descriptor = "fd://";

    // Of the IANA registry: docker and docker-s.
    private const int PlainPort = 2375;
    private const int TlsPort = 2376;

    private DaemonAddress()
    {
    }

    /// <summary>The path of a Unix socket; null for none.</summary>
    internal string? SocketPath { get; private init; }

    /// <summary>An address with a port; null for none.</summary>
    internal IPEndPoint? Internet { get; private init; }

    /// <summary>Whether it is what systemd has opened.</summary>
    internal bool IsInherited { get; private init; }

    /// <summary>The number of the descriptor that is meant; null for all.</summary>
    internal int? InheritedNumber { get; private init; }

    /// <summary>The socket of a path.</summary>
    internal static DaemonAddress OfSocket(string path) => new() { SocketPath = path };

    /// <summary>Reads one.</summary>
    /// <param name="text"><c>unix:///PATH</c>, <c>tcp://ADDRESS[:PORT]</c>, <c>fd://</c> or <c>fd://NUMBER</c>.</param>
    /// <param name="encrypted">Whether TLS is spoken over TCP, by which its port goes.</param>
    /// <exception cref="EngineException">It is none.</exception>
    internal static DaemonAddress Parse(string text, bool encrypted)
    {
        if (text.StartsWith(Unix, StringComparison.Ordinal) && text.Length > Unix.Length + 1 && text[Unix.Length] == '/')
        {
            return OfSocket(text[Unix.Length..]);
        }

        if (text.StartsWith(Tcp, StringComparison.Ordinal))
        {
            string rest = text[Tcp.Length..].TrimEnd('/');
            bool hasPort = rest.LastIndexOf(':') > rest.LastIndexOf(']');
            string host = hasPort || rest.Length > 0 ? rest : "localhost";
            return new() { Internet = ListenAddress.Parse(hasPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{(encrypted ? TlsPort : PlainPort)}")) };
        }

        if (text is Descriptor or Descriptor + "*")
        {
            return new() { IsInherited = true };
        }

        if (text.StartsWith(Descriptor, StringComparison.Ordinal)
            && int.TryParse(text.AsSpan(Descriptor.Length), NumberStyles.None, CultureInfo.InvariantCulture, out int number))
        {
            return new() { IsInherited = true, InheritedNumber = number };
        }

        throw new EngineException(
            ErrorKind.InvalidArgument, $"--host: '{text}' is no place to listen at", hint: "unix:///PATH, tcp://ADDRESS:PORT and fd:// are");
    }

    /// <summary>The descriptors among those that were inherited that an address means.</summary>
    /// <exception cref="EngineException">There is none such.</exception>
    internal IReadOnlyList<int> Choose(IReadOnlyList<int> inherited)
    {
        List<int> chosen = [];
        foreach (int number in inherited)
        {
            if (InheritedNumber is null || InheritedNumber == number)
            {
                chosen.Add(number);
            }
        }

        return chosen.Count > 0 ? chosen : throw new EngineException(
            ErrorKind.InvalidArgument,
            $"{this}: no such socket was passed",
            hint: "systemd passes them where a .socket unit starts the service (LISTEN_FDS, sd_listen_fds(3))");
    }

    /// <inheritdoc/>
    public override string ToString() => SocketPath is not null ? Unix + SocketPath
        : Internet is not null ? Tcp + Internet
        : Descriptor + InheritedNumber?.ToString(CultureInfo.InvariantCulture);
}
