using System;
using System.Collections.Generic;
using System.Net;
using System.Text;
using FastRun.Engine.Containers.Syntax;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Links;
using FastRun.Engine.Networks.Names;

namespace FastRun.Engine.Launch;

/// <summary>/etc/hosts of a container, as Docker makes it (hosts(5)).</summary>
internal static class HostsFile
{
    private const string HostFile = "/etc/hosts";

    private const string Local =
        "127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\nfe00::0\tip6-localnet\n"
        + "ff00::0\tip6-mcastprefix\nff02::1\tip6-allnodes\nff02::2\tip6-allrouters\n";

    /// <summary>For a container with a network of its own: the lines that all have, extra ones and links, then its own name.</summary>
    /// <param name="hostName">Its host name; of one with a domain the first part leads to it too.</param>
    /// <param name="addresses">Its addresses; with none it finds itself on its loopback interface.</param>
    /// <param name="extraHosts">More lines, <c>name:address</c>.</param>
    /// <param name="links">The containers that it is linked to.</param>
    /// <param name="gateway">What <c>host-gateway</c> stands for; null where the container does not reach the host.</param>
    /// <exception cref="EngineException"><c>host-gateway</c> is asked for and there is none.</exception>
    internal static string Of(
        string hostName,
        IReadOnlyList<IPAddress> addresses,
        IReadOnlyList<string> extraHosts,
        IReadOnlyList<ContainerLink> links,
        IPAddress? gateway)
    {
        StringBuilder text = new(Local);
        Append(text, extraHosts, gateway);
        foreach (ContainerLink link in links)
        {
            text.Append(link.HostsLine).Append('\n');
        }

        AppendOwn(text, hostName, addresses);
        return text.ToString();
    }

    /// <summary>For a container with the host's network: the host's own file and the extra lines.</summary>
    internal static string OfHost(IReadOnlyList<string> extraHosts, string file = HostFile)
    {
        string host = ResolverConfiguration.ReadText(file);
        StringBuilder text = new(host.Length > 0 ? host : Local);
        if (text[^1] != '\n')
        {
            text.Append('\n');
        }

        Append(text, extraHosts, IPAddress.Loopback);
        return text.ToString();
    }

    /// <summary>The lines by which a container knows its own name.</summary>
    internal static void AppendOwn(StringBuilder text, string hostName, IReadOnlyList<IPAddress> addresses)
    {
        int dot = hostName.IndexOf('.', StringComparison.Ordinal);
        string names = dot > 0 ? $"{hostName} {hostName[..dot]}" : hostName;
        if (addresses.Count == 0)
        {
            text.Append("127.0.1.1\t").Append(names).Append('\n');
        }

        foreach (IPAddress address in addresses)
        {
            text.Append(address).Append('\t').Append(names).Append('\n');
        }
    }

    private static void Append(StringBuilder text, IReadOnlyList<string> extraHosts, IPAddress? gateway)
    {
        foreach (string extra in extraHosts)
        {
            // name:address or name=address; the address may hold colons itself.
            int separator = extra.AsSpan().IndexOfAny(':', '=');
            string address = extra.AsSpan(separator + 1).Trim("[]").ToString();
            if (address == ExtraHostSyntax.HostGateway)
            {
                address = gateway?.ToString() ?? throw EngineException.Invalid(
                    "unable to derive the IP value for host-gateway: the container is in no network that leads to the host");
            }

            text.Append(address).Append('\t').Append(extra.AsSpan(0, separator)).Append('\n');
        }
    }
}
