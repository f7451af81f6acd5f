using System;
using System.Collections.Generic;
using System.Net;
using System.Net.Sockets;
using System.Text;
using FastRun.Engine.Containers.Requests;
using FastRun.Engine.Networks.Names;

namespace FastRun.Engine.Launch;

/// <summary>/etc/resolv.conf of a container: the host's, with what the request sets in place of it (resolv.conf(5)).</summary>
internal static class ResolvConf
{
    /// <summary>For a container that has the host's network, or none: the host's own file.</summary>
    internal static string Of(ContainerCreateRequest request)
    {
        string host = ResolverConfiguration.ReadText(ResolverConfiguration.HostFile);
        return request.Dns.Count + request.DnsSearch.Count + request.DnsOptions.Count == 0
            ? host
            : Merge(host, request);
    }

    /// <summary>
    /// Whether a container on the default bridge asks the name server, as one on a network that somebody made does: the host's
    /// servers are all on its own loopback, where the container does not reach them.
    /// </summary>
    internal static bool NeedsNameServer(ContainerCreateRequest request, ResolverConfiguration host) =>
        request.Dns.Count == 0 && host.Servers.Count > 0 && ServersOf(request, host, hasIPv6: true).Count == 0;

    /// <summary>For a container on the default bridge, which asks the servers itself.</summary>
    /// <param name="request">What the container asks for.</param>
    /// <param name="host">What the host has, systemd-resolved's stub replaced.</param>
    /// <param name="hasIPv6">Whether the container reaches servers by IPv6.</param>
    internal static string OfBridge(ContainerCreateRequest request, ResolverConfiguration host, bool hasIPv6)
    {
        StringBuilder text = new();
        foreach (string server in ServersOf(request, host, hasIPv6))
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        Append(text, "search", request.DnsSearch.Count > 0 ? request.DnsSearch : host.Search);
        Append(text, "options", request.DnsOptions.Count > 0 ? request.DnsOptions : host.Options);
        return text.ToString();
    }

    /// <summary>For a container that asks the name server. As in Docker a name without a dot is asked for as it is first.</summary>
    internal static string OfNameServer(ContainerCreateRequest request, ResolverConfiguration host)
    {
        StringBuilder text = new();
        text.Append("nameserver ").Append(ResolverSockets.Address).Append('\n');
        Append(text, "search", request.DnsSearch.Count > 0 ? request.DnsSearch : host.Search);
        List<string> options = [.. request.DnsOptions.Count > 0 ? request.DnsOptions : host.Options];
        if (!options.Exists(static option => option.StartsWith("ndots:", StringComparison.Ordinal)))
        {
            options.Add("ndots:0");
        }

        Append(text, "options", options);
        return text.Append("# ExtServers: [").AppendJoin(' ', ServersOf(request, host, hasIPv6: true, hasLoopback: true)).Append("]\n").ToString();
    }

    private static List<string> ServersOf(ContainerCreateRequest request, ResolverConfiguration host, bool hasIPv6, bool hasLoopback = false)
    {
        if (request.Dns.Count > 0)
        {
            return [.. request.Dns];
        }

        List<string> servers = [];
        foreach (IPAddress server in host.Servers)
        {
            if ((hasLoopback || !IPAddress.IsLoopback(server)) && (hasIPv6 || server.AddressFamily == AddressFamily.InterNetwork))
            {
                servers.Add(server.ToString());
            }
        }

        return servers;
    }

    /// <summary>What the request sets, and those of the host's lines that it does not replace.</summary>
    internal static string Merge(string host, ContainerCreateRequest request)
    {
        StringBuilder text = new();
        foreach (string server in request.Dns)
        {
            text.Append("nameserver ").Append(server).Append('\n');
        }

        Append(text, "search", request.DnsSearch);
        Append(text, "options", request.DnsOptions);
        foreach (ReadOnlySpan<char> line in host.AsSpan().EnumerateLines())
        {
            bool replaced = (IsKeyword(line, "nameserver") && request.Dns.Count > 0)
                || ((IsKeyword(line, "search") || IsKeyword(line, "domain")) && request.DnsSearch.Count > 0)
                || (IsKeyword(line, "options") && request.DnsOptions.Count > 0);
            if (!replaced && line.Length > 0)
            {
                text.Append(line).Append('\n');
            }
        }

        return text.ToString();
    }

    private static void Append(StringBuilder text, string keyword, IReadOnlyList<string> words)
    {
        // A single dot asks for no search domain at all.
        if (words.Count > 0 && words is not ["."])
        {
            text.Append(keyword).Append(' ').AppendJoin(' ', words).Append('\n');
        }
    }

    private static bool IsKeyword(ReadOnlySpan<char> line, string keyword) =>
        line.StartsWith(keyword, StringComparison.Ordinal) && line.Length > keyword.Length
        && char.IsWhiteSpace(line[keyword.Length]);
}
