using System;
using System.Buffers;
using System.Globalization;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.Networks.Ports;

namespace FastRun.Engine.Networks.Egress;

/// <summary>
/// Where a container may send: <c>HOST[/BITS][:PORT[-PORT]][/PROTOCOL]</c>, where HOST is an address (of IPv6 in brackets where a port
/// follows), a name, or <c>*.</c> and a name, which means all names below it.
/// </summary>
internal sealed record EgressRule
{
    private const int LongestName = 253;
    private const int LongestLabel = 63;
    private const int MostPortsOfName = 64;

    private static readonly SearchValues<char> s_address = SearchValues.Create("0123456789.");
    private static readonly SearchValues<char> s_label = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_");

    /// <summary>The addresses; null where it is a name.</summary>
    internal Subnet? Addresses { get; private init; }

    /// <summary>The name in lower case, without <c>*.</c>; empty where it is addresses.</summary>
    internal string Name { get; private init; } = "";

    /// <summary>Whether all names below that are meant, and not itself.</summary>
    internal bool IsWildcard { get; private init; }

    /// <summary>The first port; 0 for all of them.</summary>
    internal ushort FirstPort { get; private init; }

    /// <summary>The last port.</summary>
    internal ushort LastPort { get; private init; }

    /// <summary>The protocol; null for all, where there is a port for TCP and UDP.</summary>
    internal TransportProtocol? Protocol { get; private init; }

    /// <summary>Whether any packet to these addresses passes.</summary>
    internal bool IsAnything => FirstPort == 0 && Protocol is null;

    /// <summary>Whether it is one address.</summary>
    internal bool IsOneAddress => Addresses is { } block && block.LastIndex == UInt128.Zero;

    /// <summary>Whether a name is meant. Names are in lower case, without a dot at the end.</summary>
    internal bool Means(string name) => Addresses is null && (IsWildcard
        ? name.Length > Name.Length + 1 && name.EndsWith(Name, StringComparison.Ordinal) && name[^(Name.Length + 1)] == '.'
        : name == Name);

    /// <summary>Reads one.</summary>
    /// <exception cref="EngineException">It is none.</exception>
    internal static EgressRule Parse(string text)
    {
        string rest = text;
        TransportProtocol? protocol = null;
        int slash = rest.LastIndexOf('/');
        if (slash >= 0 && slash + 1 < rest.Length && char.IsAsciiLetter(rest[slash + 1]))
        {
            protocol = rest[(slash + 1)..] switch
            {
                "tcp" => TransportProtocol.Tcp,
                "udp" => TransportProtocol.Udp,
                "sctp" => TransportProtocol.Sctp,
                _ => throw Invalid(text, "the protocol is tcp, udp or sctp"),
            };
            rest = rest[..slash];
        }

        string host = rest;
        (ushort First, ushort Last) ports = default;
        int colon = rest.LastIndexOf(':');
        bool isBareIPv6 = colon >= 0 && !rest.StartsWith('[') && rest.IndexOf(':', StringComparison.Ordinal) != colon;
        if (colon > rest.LastIndexOf(']') && !isBareIPv6)
        {
            host = rest[..colon];
            ports = Ports(text, rest[(colon + 1)..]);
        }

        EgressRule rule = new() { Protocol = protocol, FirstPort = ports.First, LastPort = ports.Last };
        return IsAddress(host) ? rule with { Addresses = Block(text, host) } : WithName(rule, text, host);
    }

    /// <summary>The form that is read again.</summary>
    public override string ToString()
    {
        string host = Addresses is { } block
            ? block.IsIPv6 ? string.Create(CultureInfo.InvariantCulture, $"[{block.Address}]/{block.PrefixLength}") : block.ToString()
            : IsWildcard ? "*." + Name : Name;
        string ports = FirstPort == 0 ? ""
            : FirstPort == LastPort ? string.Create(CultureInfo.InvariantCulture, $":{FirstPort}")
            : string.Create(CultureInfo.InvariantCulture, $":{FirstPort}-{LastPort}");
        return host + ports + (Protocol is { } protocol ? "/" + protocol.ToString().ToLowerInvariant() : "");
    }

    private static bool IsAddress(string host) =>
        host.StartsWith('[') || host.Contains(':', StringComparison.Ordinal) || host.Contains('/', StringComparison.Ordinal)
        || !host.AsSpan().ContainsAnyExcept(s_address);

    private static Subnet Block(string text, string host)
    {
        string plain = host;
        if (host.StartsWith('['))
        {
            int end = host.IndexOf(']', StringComparison.Ordinal);
            plain = end > 0 && (end == host.Length - 1 || host[end + 1] == '/') ? host[1..end] + host[(end + 1)..] : "";
        }

        if (Subnet.TryParseAddress(plain, out IPAddress? address))
        {
            return Subnet.Of(address!, address!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 128 : 32);
        }

        return !Subnet.TryParse(plain, out Subnet subnet, out bool isExact) ? throw Invalid(text, "it is no address or CIDR block")
            : isExact ? subnet
            : throw Invalid(text, $"it should be {subnet}");
    }

    private static EgressRule WithName(EgressRule rule, string text, string host)
    {
        bool isWildcard = host.StartsWith("*.", StringComparison.Ordinal);
        string name = (isWildcard ? host[2..] : host).ToLowerInvariant();
        name = name.EndsWith('.') ? name[..^1] : name;
        bool isName = name.Length is > 0 and <= LongestName;
        foreach (Range range in name.AsSpan().Split('.'))
        {
            ReadOnlySpan<char> label = name.AsSpan(range);
            isName &= label.Length is > 0 and <= LongestLabel
                && !label.ContainsAnyExcept(s_label) && label[0] != '-';
        }

        if (isName && (rule.LastPort - rule.FirstPort >= MostPortsOfName || (rule.Protocol is not null && rule.FirstPort == 0)))
        {
            throw Invalid(text, "a name takes a protocol only with a port, and at most 64 ports; addresses take any");
        }

        return isName
            ? rule with { Name = name, IsWildcard = isWildcard }
            : throw Invalid(text, "it is neither an address nor a name; the form is HOST[/BITS][:PORT[-PORT]][/PROTOCOL]");
    }

    private static (ushort First, ushort Last) Ports(string text, string ports)
    {
        int dash = ports.IndexOf('-', StringComparison.Ordinal);
        return ushort.TryParse(dash < 0 ? ports : ports[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out ushort first)
            && ushort.TryParse(dash < 0 ? ports : ports[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out ushort last)
            && first > 0 && first <= last
            ? (first, last)
            : throw Invalid(text, "a port is 1 to 65535, or a range of them");
    }

    private static EngineException Invalid(string text, string why) => EngineException.Invalid($"egress rule '{text}': {why}");
}
