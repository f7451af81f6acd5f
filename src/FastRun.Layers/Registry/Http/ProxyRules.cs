using System;
using System.Collections.Generic;
using System.Net;

namespace FastRun.Layers.Registry.Http;

/// <summary>
/// Which proxy leads to a host: HTTP_PROXY, HTTPS_PROXY and NO_PROXY or their lower-case forms, read as Go's
/// <c>httpproxy</c> reads them. Loopback is always reached directly.
/// </summary>
internal sealed class ProxyRules : IWebProxy
{
    private readonly Uri? _forHttp;
    private readonly Uri? _forHttps;
    private readonly List<(string Host, int? Port, bool Subdomains)> _names = [];
    private readonly List<(IPNetwork Network, int? Port)> _networks = [];
    private readonly bool _isOff;

    private ProxyRules(Uri? forHttp, Uri? forHttps, string exceptions)
    {
        (_forHttp, _forHttps) = (forHttp, forHttps);
        Credentials = new ProxyCredentials();
        foreach (string part in exceptions.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "*")
            {
                _isOff = true;
            }
            else
            {
                AddException(part.ToLowerInvariant());
            }
        }
    }

    /// <summary>No proxies.</summary>
    internal static ProxyRules None { get; } = new(null, null, "");

    /// <summary>Whether there is any.</summary>
    internal bool IsEmpty => _forHttp is null && _forHttps is null;

    /// <summary>Those in a proxy's own address.</summary>
    public ICredentials? Credentials { get; set; }

    /// <summary>Reads the environment.</summary>
    /// <exception cref="RegistryConfigurationException">A variable holds no proxy's address.</exception>
    internal static ProxyRules FromEnvironment(Func<string, string?> environment)
    {
        string exceptions = Variable(environment, "NO_PROXY").Value;
        Uri? http = Address(Variable(environment, "HTTP_PROXY"));
        Uri? https = Address(Variable(environment, "HTTPS_PROXY"));
        return http is null && https is null ? None : new ProxyRules(http, https, exceptions);
    }

    /// <summary>The proxy for an address; null for none.</summary>
    public Uri? GetProxy(Uri destination) =>
        IsBypassed(destination) ? null : destination.Scheme == Uri.UriSchemeHttps ? _forHttps : _forHttp;

    /// <summary>Whether an address is reached directly.</summary>
    public bool IsBypassed(Uri host)
    {
        if (_isOff || (host.Scheme == Uri.UriSchemeHttps ? _forHttps : _forHttp) is null
            || RegistryConfiguration.IsLoopback(host.Authority))
        {
            return true;
        }

        string name = host.Host.Trim('[', ']').TrimEnd('.').ToLowerInvariant();
        if (IPAddress.TryParse(name, out IPAddress? address)
            && _networks.Exists(rule => rule.Network.Contains(address) && (rule.Port ?? host.Port) == host.Port))
        {
            return true;
        }

        return _names.Exists(rule => (rule.Port ?? host.Port) == host.Port
            && ((!rule.Subdomains && name == rule.Host.TrimStart('.'))
                || name.EndsWith(rule.Host, StringComparison.Ordinal)));
    }

    private static (string Name, string Value) Variable(Func<string, string?> environment, string name)
    {
        string lower = name.ToLowerInvariant();
        return environment(name) is { Length: > 0 } value ? (name, value) : (lower, environment(lower) ?? "");
    }

    private static Uri? Address((string Name, string Value) variable)
    {
        if (variable.Value.Length == 0)
        {
            return null;
        }

        string text = variable.Value.Contains("://", StringComparison.Ordinal) ? variable.Value : "http://" + variable.Value;
        return Uri.TryCreate(text, UriKind.Absolute, out Uri? address)
            && address.Scheme is "http" or "https" or "socks5" && address.Host.Length > 0
            ? address
            : throw new RegistryConfigurationException(
                $"{variable.Name}: not the address of a proxy: [http|https|socks5]://HOST[:PORT]");
    }

    /// <summary>A network, an address, <c>.suffix</c> or <c>*.suffix</c> for subdomains only, or a name with its subdomains.</summary>
    private void AddException(string rule)
    {
        if (rule.Contains('/', StringComparison.Ordinal))
        {
            if (ParseNetwork(rule) is { } network)
            {
                _networks.Add((network, null));
            }

            return;
        }

        int? port = null;
        int colon = rule.LastIndexOf(':');
        if (colon > 0 && !IPAddress.TryParse(rule, out _)
            && int.TryParse(rule.AsSpan(colon + 1), out int number))
        {
            (rule, port) = (rule[..colon], number);
        }

        if (IPAddress.TryParse(rule.Trim('[', ']'), out IPAddress? address))
        {
            _networks.Add((new IPNetwork(address, address.GetAddressBytes().Length * 8), port));
            return;
        }

        rule = rule.StartsWith("*.", StringComparison.Ordinal) ? rule[1..] : rule;
        _names.Add(rule.StartsWith('.') ? (rule, port, true) : ("." + rule, port, false));
    }

    /// <summary>A network as CIDR; bits behind the prefix do not count.</summary>
    private static IPNetwork? ParseNetwork(string rule)
    {
        int slash = rule.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(rule.AsSpan(0, slash), out IPAddress? address)
            || !int.TryParse(rule.AsSpan(slash + 1), out int prefix))
        {
            return null;
        }

        byte[] bytes = address.GetAddressBytes();
        if (prefix < 0 || prefix > bytes.Length * 8)
        {
            return null;
        }

        for (int bit = prefix; bit < bytes.Length * 8; bit++)
        {
            bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        }

        return new IPNetwork(new IPAddress(bytes), prefix);
    }

    /// <summary>The name and password in a proxy's address.</summary>
    private sealed class ProxyCredentials : ICredentials
    {
        public NetworkCredential? GetCredential(Uri uri, string authType)
        {
            int colon = uri.UserInfo.IndexOf(':', StringComparison.Ordinal);
            return uri.UserInfo.Length == 0 ? null
                : colon < 0 ? new NetworkCredential(Uri.UnescapeDataString(uri.UserInfo), "")
                : new NetworkCredential(
                    Uri.UnescapeDataString(uri.UserInfo[..colon]), Uri.UnescapeDataString(uri.UserInfo[(colon + 1)..]));
        }
    }
}
