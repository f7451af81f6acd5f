using System;
using System.Net;
using System.Net.Sockets;
using FastRun.Engine.Errors;

namespace FastRun.Engine.Containers.Syntax;

/// <summary>The text form of a line for /etc/hosts: <c>name:ip</c> or <c>name=ip</c>, an IPv6 address in brackets or not, or <c>host-gateway</c>.</summary>
public static class ExtraHostSyntax
{
    /// <summary>Stands for the address at which a container reaches the host.</summary>
    public const string HostGateway = "host-gateway";

    /// <summary>Returns <c>name:ip</c>, the address without brackets.</summary>
    /// <exception cref="EngineException">It is not a name and an address.</exception>
    public static string Parse(string text)
    {
        int separator = text.IndexOfAny(['=', ':']);
        if (separator <= 0)
        {
            throw EngineException.Invalid($"bad format for add-host: \"{text}\"");
        }

        string name = text[..separator];
        string address = text[(separator + 1)..];
        if (address is ['[', .., ']'])
        {
            address = address[1..^1];
        }

        foreach (char c in name)
        {
            if (char.IsWhiteSpace(c) || char.IsControl(c) || c == '#')
            {
                throw EngineException.Invalid($"bad format for add-host: \"{text}\"");
            }
        }

        return address == HostGateway || IsAddress(address) ? $"{name}:{address}" : throw EngineException.Invalid($"invalid IP address in add-host: \"{address}\"");
    }

    /// <summary>
    /// Whether the text is an IP address as people write them: four decimal numbers, or IPv6. IPAddress alone also takes
    /// the historical forms (<c>1</c>, <c>0x7f.1</c>, <c>010.1.1.1</c>), which other programs read differently.
    /// </summary>
    public static bool IsAddress(string text)
    {
        if (!IPAddress.TryParse(text, out IPAddress? address))
        {
            return false;
        }

        return address.AddressFamily == AddressFamily.InterNetworkV6
            ? !text.Contains('[', StringComparison.Ordinal)
            : address.ToString() == text;
    }
}
