using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Networks.Ports;
using FastRun.Native.Netlink;

namespace FastRun.Cli.Output;

/// <summary>
/// The column PORTS as Docker's list has it: <c>0.0.0.0:8080->80/tcp</c>, and <c>80/tcp</c> for a port that is only exposed. Neighbouring
/// ports are a range where nothing leads to them, or the host's are of the same numbers.
/// </summary>
internal static class PortList
{
    /// <summary>Writes the ports of a container, in Docker's order.</summary>
    /// <param name="published">What leads to it.</param>
    /// <param name="exposed">What it is said to listen at besides.</param>
    internal static string Of(IReadOnlyList<PublishedPort> published, IReadOnlyList<ExposedPort> exposed)
    {
        List<Entry> entries = [];
        foreach (PublishedPort port in published)
        {
            entries.Add(new Entry(port.ContainerPort, port.HostAddress.ToString(), Address(port.HostAddress), port.HostPort, port.ProtocolName));
        }

        foreach (ExposedPort port in exposed)
        {
            entries.Add(new Entry(port.Number, "", "", 0, port.Protocol));
        }

        entries.Sort(Compare);
        List<Range> ranges = [];
        List<string> texts = [];
        List<string> mappings = [];
        foreach (Entry entry in entries)
        {
            if (entry.Host.Length > 0 && entry.HostPort != entry.Port)
            {
                mappings.Add($"{entry.Host}:{Number(entry.HostPort)}->{Number(entry.Port)}/{entry.Protocol}");
                continue;
            }

            int at = ranges.FindIndex(range => range.Host == entry.Host && range.Protocol == entry.Protocol);
            if (at < 0)
            {
                ranges.Add(new Range(entry.Host, entry.Protocol, entry.Port, entry.Port));
            }
            else if (entry.Port == ranges[at].Last + 1)
            {
                ranges[at] = ranges[at] with { Last = entry.Port };
            }
            else
            {
                texts.Add(ranges[at].Text);
                ranges[at] = new Range(entry.Host, entry.Protocol, entry.Port, entry.Port);
            }
        }

        return string.Join(", ", [.. texts, .. ranges.ConvertAll(static range => range.Text), .. mappings]);
    }

    /// <summary>A port of the host: <c>0.0.0.0:8080</c>, <c>[::]:8080</c>.</summary>
    internal static string Host(PublishedPort port) => $"{Address(port.HostAddress)}:{Number(port.HostPort)}";

    private static string Address(InternetAddress address) => address.IsIPv6 ? $"[{address}]" : address.ToString();

    private static string Number(int port) => port.ToString(CultureInfo.InvariantCulture);

    /// <summary>Docker's order, in which addresses are texts.</summary>
    private static int Compare(Entry a, Entry b) =>
        a.Port != b.Port ? a.Port.CompareTo(b.Port)
        : string.CompareOrdinal(a.Address, b.Address) is not 0 and int byAddress ? byAddress
        : a.HostPort != b.HostPort ? a.HostPort.CompareTo(b.HostPort)
        : string.CompareOrdinal(a.Protocol, b.Protocol);

    /// <param name="Port">The container's.</param>
    /// <param name="Address">The host's address; empty where nothing leads to the port.</param>
    /// <param name="Host">The same as it is written before a port.</param>
    /// <param name="HostPort">The host's.</param>
    /// <param name="Protocol">The protocol.</param>
    private readonly record struct Entry(ushort Port, string Address, string Host, ushort HostPort, string Protocol);

    private readonly record struct Range(string Host, string Protocol, ushort First, ushort Last)
    {
        internal string Text => Host.Length == 0 ? $"{Ports}/{Protocol}" : $"{Host}:{Ports}->{Ports}/{Protocol}";

        private string Ports => First == Last ? Number(First) : $"{Number(First)}-{Number(Last)}";
    }
}
