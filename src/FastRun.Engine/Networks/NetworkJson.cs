using System.Text.Json;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.State;

namespace FastRun.Engine.Networks;

/// <summary>The JSON form of <see cref="Network"/>: the files <c>networks/&lt;id&gt;.json</c>.</summary>
internal static class NetworkJson
{
    internal static byte[] Encode(Network network) => JsonRecordWriter.Write(network, Write);

    /// <exception cref="JsonException">It is not one.</exception>
    internal static Network Decode(byte[] json) => JsonRecordReader.Read(json, Read);

    private static void Write(JsonRecordWriter json, Network network)
    {
        json.Number("schemaVersion"u8, network.SchemaVersion);
        json.Text("id"u8, network.Id);
        json.Text("name"u8, network.Name);
        json.Time("createdAt"u8, network.CreatedAt);
        json.Text("driver"u8, network.Driver);
        json.Flag("internal"u8, network.Internal);
        json.Flag("attachable"u8, network.Attachable);
        json.Flag("enableIPv4"u8, network.EnableIPv4, otherwise: true);
        json.Flag("enableIPv6"u8, network.EnableIPv6);
        json.Objects("subnets"u8, network.Subnets, Write);
        json.Flag("hasOwnSubnets"u8, network.HasOwnSubnets);
        json.Map("labels"u8, network.Labels);
        json.Map("options"u8, network.Options);
        json.Text("interface"u8, network.Interface);
    }

    private static Network Read(JsonRecordReader json) => new()
    {
        SchemaVersion = json.Int("schemaVersion"u8) ?? Network.CurrentSchema,
        Id = json.RequiredText("id"u8),
        Name = json.RequiredText("name"u8),
        CreatedAt = json.Time("createdAt"u8) ?? default,
        Driver = json.Text("driver"u8) ?? Network.BridgeDriver,
        Internal = json.Flag("internal"u8),
        Attachable = json.Flag("attachable"u8),
        EnableIPv4 = json.Flag("enableIPv4"u8, otherwise: true),
        EnableIPv6 = json.Flag("enableIPv6"u8),
        Subnets = json.Objects("subnets"u8, ReadSubnet),
        HasOwnSubnets = json.Flag("hasOwnSubnets"u8),
        Labels = json.Map("labels"u8) ?? [],
        Options = json.Map("options"u8) ?? [],
        Interface = json.Text("interface"u8) ?? "",
    };

    private static void Write(JsonRecordWriter json, NetworkSubnet subnet)
    {
        json.Text("subnet"u8, subnet.Subnet);
        json.Text("gateway"u8, subnet.Gateway);
        json.Text("ipRange"u8, subnet.IPRange);
        json.Map("auxAddresses"u8, subnet.AuxAddresses);
    }

    private static NetworkSubnet ReadSubnet(JsonRecordReader json) => new()
    {
        Subnet = json.Text("subnet"u8) ?? "",
        Gateway = json.Text("gateway"u8) ?? "",
        IPRange = json.Text("ipRange"u8) ?? "",
        AuxAddresses = json.Map("auxAddresses"u8) ?? [],
    };
}
