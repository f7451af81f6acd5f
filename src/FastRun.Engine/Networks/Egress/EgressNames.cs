using System;
using System.Collections.Generic;
using System.Net;
using FastRun.Engine.Errors;
using FastRun.Engine.Networks.Names;
using FastRun.Native;

namespace FastRun.Engine.Networks.Egress;

/// <summary>
/// What the name server does for one confined container: it asks others only for names of the policy, and opens the addresses of
/// an answer before the container has it.
/// </summary>
/// <param name="policy">Where the container may send.</param>
/// <param name="firewall">Opens the firewall of the host; once, when it is needed.</param>
/// <param name="notesPath">The file for the container's owner.</param>
internal sealed class EgressNames(EgressPolicy policy, Func<EgressFirewall> firewall, string notesPath) : IDisposable
{
    /// <summary>The most addresses that are open at once; what the name of a hostile owner leads to has an end.</summary>
    internal const int MostAddresses = 1024;

    private const int MostRefused = 4 * EgressNotes.MostNames;
    private const int MostNoted = 1024;
    private const int MostOfAnswer = 64;
    private const uint LongestTimeToLive = 86_400;
    private const int Patience = 3_600;
    private const int Overlap = 60;

    private readonly Dictionary<(string Key, IPAddress Address, string Name), long> _open = [];
    private readonly HashSet<string> _refused = [];
    private readonly HashSet<(IPAddress Address, string Name)> _noted = [];
    private Fd? _notes;
    private bool _isFull;

    /// <summary>Whether others may be asked; where not, it is noted.</summary>
    internal bool Admits(in DnsQuestion question)
    {
        if (question.Class == DnsQuestion.Internet && policy.RulesOf(question.Name).Count > 0)
        {
            return true;
        }

        if (_refused.Count < MostRefused && _refused.Add(question.Name))
        {
            Note(question.Name.Length == 0 ? "." : question.Name);
        }

        return false;
    }

    /// <summary>Opens the addresses that an answer brings, before the container has it.</summary>
    /// <param name="question">What was asked.</param>
    /// <param name="response">The answer.</param>
    /// <param name="keys">The container's ends.</param>
    internal void Learn(in DnsQuestion question, ReadOnlySpan<byte> response, IReadOnlyList<string> keys)
    {
        if (question.Type is not (DnsType.A or DnsType.Aaaa or DnsType.Any))
        {
            return;
        }

        List<EgressRule> rules = policy.RulesOf(question.Name);
        List<(IPAddress Address, uint TimeToLive)> answer = DnsAnswer.Addresses(response, question);
        for (int i = 0; i < Math.Min(answer.Count, MostOfAnswer) && rules.Count > 0; i++)
        {
            (IPAddress address, uint timeToLive) = answer[i];
            if (_noted.Count < MostNoted && _noted.Add((address, question.Name)))
            {
                Note($"{address} {question.Name}");
            }

            if (EgressAddress.IsPublic(address))
            {
                Open(question.Name, address, rules, Math.Min(timeToLive, LongestTimeToLive), keys);
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _notes?.Dispose();

    /// <summary>
    /// Longer than the answer may be kept: programs keep it longer, and an element that is renewed seldom is seldom removed, for
    /// which the kernel takes its time.
    /// </summary>
    private void Open(string name, IPAddress address, IReadOnlyList<EgressRule> rules, uint timeToLive, IReadOnlyList<string> keys)
    {
        long now = Environment.TickCount64 / 1000;
        long until = now + timeToLive + Patience;
        foreach (string key in keys)
        {
            bool isKnown = _open.TryGetValue((key, address, name), out long open);
            if (isKnown && open >= now + timeToLive + Overlap)
            {
                continue;
            }

            if (!isKnown && _open.Count >= MostAddresses && !TryForget(now))
            {
                continue;
            }

            // Another name may have opened it for longer.
            long longest = until;
            foreach ((var opened, long other) in _open)
            {
                longest = opened.Key == key && opened.Address.Equals(address) ? Math.Max(longest, other) : longest;
            }

            if (TryOpen(key, address, rules, TimeSpan.FromSeconds(longest - now)))
            {
                _open[(key, address, name)] = longest;
            }
        }
    }

    private bool TryOpen(string key, IPAddress address, IReadOnlyList<EgressRule> rules, TimeSpan lifetime)
    {
        try
        {
            return firewall().TryOpen(key, address, rules, lifetime, isRenewed: true);
        }
        catch (Exception exception) when (EngineErrors.Translate(exception) is not null)
        {
            // It stays closed; the next answer tries again.
            return false;
        }
    }

    private bool TryForget(long now)
    {
        foreach ((var opened, long until) in _open)
        {
            if (until <= now)
            {
                _open.Remove(opened);
            }
        }

        return _open.Count < MostAddresses;
    }

    private void Note(string line)
    {
        try
        {
            _notes ??= EgressNotes.TryOpen(notesPath);
            _isFull |= _notes is not null && !_isFull && !EgressNotes.TryAdd(_notes, line);
        }
        catch (SyscallException)
        {
            // The report has less to tell; the policy holds.
        }
    }
}
