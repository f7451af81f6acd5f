using System;
using System.Collections.Generic;
using FastRun.Engine.Networks.Addresses;
using FastRun.Native.Filesystem;

namespace FastRun.Engine.Networks;

/// <summary>
/// What a start needs of a network, <c>/run/fastrun/networks/&lt;id&gt;/network</c>: one small binary file, so that a start reads no
/// JSON. <c>FRNET</c> and the version, then the fields as <see cref="RecordWriter"/> writes them.
/// </summary>
internal static class NetworkFormat
{
    /// <summary>The most bytes that one has.</summary>
    internal const int Largest = 1 << 20;

    private static ReadOnlySpan<byte> Magic => "FRNET\x02\0\0"u8;

    internal static byte[] Encode(Network network)
    {
        RecordWriter body = new();
        body.Add(network.Id);
        body.Add(network.Name);
        body.Add(network.Driver);
        body.Add(network.Internal ? 1 : 0);
        body.Add(network.EnableIPv4 ? 1 : 0);
        body.Add(network.EnableIPv6 ? 1 : 0);
        body.Add(network.HasOwnSubnets ? 1 : 0);
        body.Add(network.Interface);
        body.Add(network.Subnets.Count);
        foreach (NetworkSubnet subnet in network.Subnets)
        {
            body.Add(subnet.Subnet);
            body.Add(subnet.Gateway);
            body.Add(subnet.IPRange);
            Add(body, subnet.AuxAddresses);
        }

        Add(body, network.Options);
        byte[] file = new byte[Magic.Length + body.Length];
        Magic.CopyTo(file);
        body.CopyTo(file.AsSpan(Magic.Length));
        return file;
    }

    internal static Network? Decode(ReadOnlySpan<byte> file)
    {
        if (!file.StartsWith(Magic))
        {
            return null;
        }

        RecordReader body = new(file[Magic.Length..]);
        Network network = new()
        {
            Id = body.Text(),
            Name = body.Text(),
            Driver = body.Text(),
            Internal = body.Number() != 0,
            EnableIPv4 = body.Number() != 0,
            EnableIPv6 = body.Number() != 0,
            HasOwnSubnets = body.Number() != 0,
            Interface = body.Text(),
            Subnets = Subnets(ref body),
            Options = Pairs(ref body),
        };
        return body.IsSound ? network : null;
    }

    private static NetworkSubnet[] Subnets(ref RecordReader body)
    {
        // One for each family.
        long count = body.Number();
        NetworkSubnet[] subnets = new NetworkSubnet[count is > 0 and <= 2 ? (int)count : 0];
        for (int i = 0; i < subnets.Length; i++)
        {
            subnets[i] = new NetworkSubnet
            {
                Subnet = body.Text(),
                Gateway = body.Text(),
                IPRange = body.Text(),
                AuxAddresses = Pairs(ref body),
            };
        }

        return subnets;
    }

    private static void Add(RecordWriter body, IReadOnlyDictionary<string, string> pairs)
    {
        List<string> flat = [];
        foreach ((string key, string value) in pairs)
        {
            flat.Add(key);
            flat.Add(value);
        }

        body.Add(flat);
    }

    private static Dictionary<string, string> Pairs(ref RecordReader body)
    {
        string[] flat = body.List();
        Dictionary<string, string> pairs = [];
        for (int i = 0; i + 1 < flat.Length; i += 2)
        {
            pairs[flat[i]] = flat[i + 1];
        }

        return pairs;
    }
}
