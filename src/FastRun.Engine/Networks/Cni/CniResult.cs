using System;
using System.Collections.Generic;
using System.Globalization;
using System.Net;
using System.Text.Json;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Networks.Addresses;
using FastRun.Engine.Networks.Names;

namespace FastRun.Engine.Networks.Cni;

/// <summary>
/// What plugins say a container has (CNI specification 1.0.0, section 5, Success). Programs of others wrote it, and files of the
/// container are made of it: what is not an address or a name is not believed.
/// </summary>
internal sealed record CniResult
{
    private const int MaxDepth = 32;
    private const int MostAddresses = 64;
    private const int MostWords = 64;

    /// <summary>The document as it came: what the next plugin is told.</summary>
    internal required byte[] Source { get; init; }

    /// <summary>The container's addresses, with the length of their prefix and their gateway.</summary>
    internal required IReadOnlyList<(IPAddress Address, int PrefixLength, IPAddress? Gateway)> Addresses { get; init; }

    /// <summary>The hardware address of the container's interface; empty where nobody says.</summary>
    internal string MacAddress { get; init; } = "";

    /// <summary>What its resolv.conf should have; no servers where nobody says.</summary>
    internal required ResolverConfiguration Dns { get; init; }

    /// <summary>Reads one; null where it is none.</summary>
    /// <param name="source">The document.</param>
    /// <param name="interfaceName">The name of the container's interface.</param>
    internal static CniResult? TryParse(byte[] source, string interfaceName)
    {
        try
        {
            using JsonDocument document = JsonDocument.Parse(source, new JsonDocumentOptions { MaxDepth = MaxDepth });
            JsonElement root = document.RootElement;
            if (root.ValueKind != JsonValueKind.Object || ReadAddresses(root) is not { } addresses || ReadDns(root) is not { } dns)
            {
                return null;
            }

            return new CniResult { Source = source, Addresses = addresses, MacAddress = ReadMac(root, interfaceName), Dns = dns };
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            return null;
        }
    }

    /// <summary>The first address of a family; null where it has none.</summary>
    internal (IPAddress Address, int PrefixLength, IPAddress? Gateway)? First(bool isIPv6)
    {
        foreach ((IPAddress Address, int PrefixLength, IPAddress? Gateway) each in Addresses)
        {
            if (each.Address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 == isIPv6)
            {
                return each;
            }
        }

        return null;
    }

    private static List<(IPAddress Address, int PrefixLength, IPAddress? Gateway)>? ReadAddresses(JsonElement root)
    {
        List<(IPAddress Address, int PrefixLength, IPAddress? Gateway)> addresses = [];
        if (!root.TryGetProperty("ips", out JsonElement list) || list.ValueKind == JsonValueKind.Null)
        {
            return addresses;
        }

        if (list.ValueKind != JsonValueKind.Array || list.GetArrayLength() > MostAddresses)
        {
            return null;
        }

        foreach (JsonElement entry in list.EnumerateArray())
        {
            string text = TextOf(entry, "address");
            int slash = text.IndexOf('/', StringComparison.Ordinal);
            if (slash < 0 || !Subnet.TryParseAddress(text[..slash], out IPAddress? address)
                || !int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out int length)
                || length > (address!.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6 ? 128 : 32))
            {
                return null;
            }

            IPAddress? gateway = null;
            if (TextOf(entry, "gateway") is { Length: > 0 } way && !Subnet.TryParseAddress(way, out gateway))
            {
                return null;
            }

            addresses.Add((address, length, gateway));
        }

        return addresses;
    }

    private static string ReadMac(JsonElement root, string interfaceName)
    {
        if (root.TryGetProperty("interfaces", out JsonElement list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement entry in list.EnumerateArray())
            {
                if (TextOf(entry, "name") == interfaceName && TextOf(entry, "sandbox").Length > 0)
                {
                    return NetworkSyntax.NormalizeMac(TextOf(entry, "mac")) ?? "";
                }
            }
        }

        return "";
    }

    private static ResolverConfiguration? ReadDns(JsonElement root)
    {
        if (!root.TryGetProperty("dns", out JsonElement dns) || dns.ValueKind != JsonValueKind.Object)
        {
            return new ResolverConfiguration([], [], []);
        }

        List<IPAddress> servers = [];
        foreach (string text in Words(dns, "nameservers"))
        {
            if (!Subnet.TryParseAddress(text, out IPAddress? server))
            {
                return null;
            }

            servers.Add(server!);
        }

        List<string> search = [.. TextOf(dns, "domain") is { Length: > 0 } domain ? [domain] : Array.Empty<string>(), .. Words(dns, "search")];
        List<string> options = Words(dns, "options");
        return search.TrueForAll(RequestValidation.IsDomain) && options.TrueForAll(IsOption) ? new ResolverConfiguration(servers, search, options) : null;
    }

    private static bool IsOption(string text)
    {
        foreach (char c in text)
        {
            if (!char.IsAsciiLetterOrDigit(c) && c is not (':' or '-' or '_' or '.'))
            {
                return false;
            }
        }

        return text.Length > 0;
    }

    private static List<string> Words(JsonElement element, string name)
    {
        List<string> words = [];
        if (element.TryGetProperty(name, out JsonElement list) && list.ValueKind == JsonValueKind.Array)
        {
            foreach (JsonElement word in list.EnumerateArray())
            {
                if (words.Count < MostWords)
                {
                    words.Add(word.ValueKind == JsonValueKind.String ? word.GetString()! : "");
                }
            }
        }

        return words;
    }

    private static string TextOf(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out JsonElement value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()!
            : "";
}
