using System.Collections.Generic;
using System.Globalization;
using FastRun.Engine.Networks.Ports;
using FastRun.Native.Netlink;

namespace FastRun.Cli.Output;

/// <summary>The column PORTS as Docker's list has it: <c>0.0.0.0:8080->80/tcp</c>, neighbouring ports as a range.</summary>
internal static class PortList
{
    /// <summary>Writes published ports, in the order of the container's.</summary>
    internal static string Of(IReadOnlyList<PublishedPort> ports)
    {
        List<Run> runs = [];
        foreach (PublishedPort port in ports)
        {
            int at = runs.FindIndex(run => run.Continues(port));
            if (at < 0)
            {
                runs.Add(new Run(port, 1));
            }
            else
            {
                runs[at] = runs[at] with { Count = runs[at].Count + 1 };
            }
        }

        return string.Join(", ", runs.ConvertAll(static run => run.Text));
    }

    /// <summary>A port of the host: <c>0.0.0.0:8080</c>, <c>[::]:8080</c>.</summary>
    internal static string Host(PublishedPort port) => $"{Address(port.HostAddress)}:{Number(port.HostPort)}";

    private static string Address(InternetAddress address) => address.IsIPv6 ? $"[{address}]" : address.ToString();

    private static string Number(int port) => port.ToString(CultureInfo.InvariantCulture);

    private readonly record struct Run(PublishedPort First, int Count)
    {
        internal string Text => $"{Address(First.HostAddress)}:{Range(First.HostPort)}->{Range(First.ContainerPort)}/{First.ProtocolName}";

        internal bool Continues(PublishedPort port) =>
            port.Protocol == First.Protocol && port.HostAddress == First.HostAddress
            && port.HostPort == First.HostPort + Count && port.ContainerPort == First.ContainerPort + Count;

        private string Range(int first) => Count == 1 ? Number(first) : $"{Number(first)}-{Number(first + Count - 1)}";
    }
}
