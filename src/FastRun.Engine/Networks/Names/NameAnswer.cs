using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;

namespace FastRun.Engine.Networks.Names;

/// <summary>What the networks of the container that asks say to a question.</summary>
/// <param name="Addresses">The addresses that were asked for.</param>
/// <param name="Name">The name of the address that was asked for.</param>
internal readonly record struct NameAnswer(IReadOnlyList<IPAddress> Addresses, string? Name)
{
    /// <summary>Looks a question up.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="networks">The networks of the container that asks, and no others.</param>
    /// <param name="links">Names that only this container has for others.</param>
    /// <returns>The answer, which can be empty: the name is ours, but has no such record. Null where the name is not ours.</returns>
    internal static NameAnswer? TryFind(
        in DnsQuestion question, IReadOnlyList<NetworkNames> networks, IReadOnlyDictionary<string, string> links)
    {
        if (question.Class != DnsQuestion.Internet)
        {
            return null;
        }

        if (ReverseName.TryParse(question.Name) is { } address)
        {
            return Reverse(address, question.Type, networks);
        }

        string name = links.GetValueOrDefault(question.Name, question.Name);
        foreach (NetworkNames network in networks)
        {
            if (network.TryFind(name) is { } found)
            {
                return new NameAnswer(OfType(found, question.Type), null);
            }
        }

        return null;
    }

    private static NameAnswer? Reverse(IPAddress address, DnsType type, IReadOnlyList<NetworkNames> networks)
    {
        foreach (NetworkNames network in networks)
        {
            if (network.TryFind(address) is { } name)
            {
                return new NameAnswer([], type is DnsType.Ptr or DnsType.Any ? name : null);
            }
        }

        return null;
    }

    /// <summary>In another order each time, so that those who share an alias share the work.</summary>
    private static List<IPAddress> OfType(List<IPAddress> found, DnsType type)
    {
        List<IPAddress> addresses = [];
        AddressFamily family = type == DnsType.Aaaa ? AddressFamily.InterNetworkV6 : AddressFamily.InterNetwork;
        int start = found.Count == 0 ? 0 : Random.Shared.Next(found.Count);
        for (int i = 0; i < found.Count && type is DnsType.A or DnsType.Aaaa or DnsType.Any; i++)
        {
            IPAddress address = found[(start + i) % found.Count];
            if (address.AddressFamily == family)
            {
                addresses.Add(address);
            }
        }

        return addresses;
    }
}
