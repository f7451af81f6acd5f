using System;
using System.Buffers.Binary;
using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Ports;
using FastRun.Native;
using FastRun.Native.Nftables;

namespace FastRun.Engine.Networks.Egress;

/// <summary>
/// Keeps containers to where they may send, in the network namespace of whoever opens it. One thread at a time.
/// </summary>
internal sealed class EgressFirewall : IDisposable
{
    private const int MostRounds = 8;

    private readonly EgressRuleset _rules;
    private readonly NftablesSocket _socket;

    /// <summary>That of a socket's namespace; whoever disposes one disposes both.</summary>
    internal EgressFirewall(string table, NftablesSocket socket) => (_rules, _socket) = (new EgressRuleset(table), socket);

    /// <summary>Opens it.</summary>
    /// <param name="table">The name of the run root's tables.</param>
    /// <exception cref="EngineException">The kernel has no nfnetlink.</exception>
    internal static EgressFirewall Open(string table)
    {
        try
        {
            return new EgressFirewall(table, NftablesSocket.Open());
        }
        catch (SyscallException exception)
        {
            throw FirewallSupport.Explain(exception);
        }
    }

    /// <summary>Confines an end that has no cable yet; what an earlier container left at its address goes.</summary>
    /// <exception cref="EngineException">The kernel lacks something: the container must not start.</exception>
    internal void Confine(ConfinedEndpoint confined)
    {
        try
        {
            if (TryAdd(confined, out SyscallException? failure))
            {
                return;
            }

            if (failure.Errno != Errno.EEXIST)
            {
                throw failure;
            }

            Dismiss(confined);
            if (!TryAdd(confined, out failure))
            {
                throw failure;
            }
        }
        catch (SyscallException exception)
        {
            throw FirewallSupport.Explain(exception);
        }
    }

    /// <summary>Confines an end again after somebody removed all rules; what is there stays.</summary>
    internal void Restore(ConfinedEndpoint confined) => TryAdd(confined, out _);

    /// <summary>Forgets a container's end, whose cable carries nothing any more. What is not there is none's loss.</summary>
    internal void Dismiss(ConfinedEndpoint confined)
    {
        using NftablesBatch batch = new();
        _rules.Delete(batch, confined);
        Errno errno = _socket.TryExecute(batch, out SyscallException? failure);
        if (errno is not (Errno.None or Errno.ENOENT))
        {
            throw FirewallSupport.Explain(failure!);
        }
    }

    /// <summary>Opens an address to a container: what a name leads to.</summary>
    /// <param name="key">The container's end.</param>
    /// <param name="address">The address.</param>
    /// <param name="rules">The rules that mean the name.</param>
    /// <param name="lifetime">For how long.</param>
    /// <param name="isRenewed">Whether it may be there, and is to get this time from now on.</param>
    /// <returns>Whether it is open: not where the container has too many.</returns>
    internal bool TryOpen(string key, IPAddress address, IReadOnlyList<EgressRule> rules, TimeSpan lifetime, bool isRenewed)
    {
        using NftablesBatch renewed = new();
        if (isRenewed)
        {
            AddOpen(renewed, key, address, rules, lifetime, isRenewed: true);
            if (_socket.TryExecute(renewed) == Errno.None)
            {
                return true;
            }
        }

        // It is not there any more.
        using NftablesBatch batch = new();
        AddOpen(batch, key, address, rules, lifetime, isRenewed: false);
        return _socket.TryExecute(batch) == Errno.None;
    }

    /// <summary>What was refused to a container's end.</summary>
    internal List<RefusedDestination> Refusals(string key)
    {
        List<RefusedDestination> refused = [];
        foreach (bool isIPv6 in new[] { false, true })
        {
            int length = isIPv6 ? 16 : 4;
            foreach ((byte[] bytes, ulong packets) in CountsOf(EgressRuleset.Refused(key, isIPv6)))
            {
                if (bytes.Length >= length + 8)
                {
                    refused.Add(new RefusedDestination(
                        new IPAddress(bytes.AsSpan(0, length)), bytes[length], BinaryPrimitives.ReadUInt16BigEndian(bytes.AsSpan(length + 4)), packets));
                }
            }
        }

        return refused;
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private IReadOnlyList<(byte[] Key, ulong Packets)> CountsOf(string set)
    {
        for (int round = 0; ; round++)
        {
            try
            {
                return _socket.Counts(_rules.Inet, set);
            }
            catch (SyscallException exception) when (exception.Errno == Errno.EINTR && round < MostRounds)
            {
                // Others change the ruleset all the time.
            }
        }
    }

    private bool TryAdd(ConfinedEndpoint confined, [System.Diagnostics.CodeAnalysis.NotNullWhen(false)] out SyscallException? failure)
    {
        using NftablesBatch batch = new();
        _rules.Require(batch);
        _rules.Add(batch, confined);
        if (_socket.TryExecute(batch, out failure) is Errno.ENOENT or Errno.EOPNOTSUPP or Errno.EINVAL)
        {
            using NftablesBatch all = new();
            _rules.Make(all);
            _rules.Add(all, confined);
            _socket.TryExecute(all, out failure);
        }

        return failure is null;
    }

    private void AddOpen(NftablesBatch batch, string key, IPAddress address, IReadOnlyList<EgressRule> rules, TimeSpan lifetime, bool isRenewed)
    {
        bool isIPv6 = address.AddressFamily == System.Net.Sockets.AddressFamily.InterNetworkV6;
        foreach ((string set, ElementValue element) in Elements(key, address, isIPv6, rules))
        {
            if (isRenewed)
            {
                batch.DeleteElement(_rules.Inet, set, element);
            }

            batch.AddElement(_rules.Inet, set, element, lifetime);
        }
    }

    private static IEnumerable<(string Set, ElementValue Element)> Elements(string key, IPAddress address, bool isIPv6, IReadOnlyList<EgressRule> rules)
    {
        HashSet<(byte Protocol, ushort Port)> seen = [];
        foreach (EgressRule rule in rules)
        {
            if (rule.IsAnything)
            {
                yield return (EgressRuleset.Named(key, isIPv6), new ElementValue().Address(address));
                yield break;
            }
        }

        foreach (EgressRule rule in rules)
        {
            foreach (TransportProtocol protocol in Enum.GetValues<TransportProtocol>())
            {
                bool isMeant = rule.Protocol == protocol || (rule.Protocol is null && protocol != TransportProtocol.Sctp);
                for (int port = rule.FirstPort; isMeant && port <= rule.LastPort; port++)
                {
                    if (seen.Add(((byte)protocol, (ushort)port)))
                    {
                        yield return (
                            EgressRuleset.NamedPorts(key, isIPv6),
                            new ElementValue().Address(address).Protocol((byte)protocol).Port((ushort)port));
                    }
                }
            }
        }
    }
}
