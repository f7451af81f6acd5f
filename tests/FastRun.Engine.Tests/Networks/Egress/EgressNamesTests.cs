using System;
using System.Collections.Generic;
using System.IO;
using System.Linq;
using System.Net;
using FastRun.Engine.Networks.Egress;
using FastRun.Engine.Networks.Firewall;
using FastRun.Engine.Networks.Names;
using FastRun.Native;
using FastRun.Native.Netlink;

namespace FastRun.Engine.Tests.Networks.Egress;

/// <summary>What the name server does for a confined container, with the sets of a real kernel.</summary>
public sealed class EgressNamesTests : IDisposable
{
    private const string Key = "10.1.0.2";

    private readonly NetworkLab _lab = new();
    private readonly EgressFirewall _firewall;
    private readonly string _notes = Path.GetTempFileName();
    private EgressNames? _names;

    public EgressNamesTests() => _firewall = _lab.Host.Run(static () => EgressFirewall.Open("test"));

    public void Dispose()
    {
        _names?.Dispose();
        _firewall.Dispose();
        _lab.Dispose();
        File.Delete(_notes);
    }

    [Fact]
    public void Admits_NamesOfThePolicyOnly_AndNotesTheOthersOnce()
    {
        EgressNames names = Of("example.org:443");
        Assert.True(names.Admits(Question("example.org")));
        Assert.False(names.Admits(Question("evil.org")));
        Assert.False(names.Admits(Question("evil.org")));
        Assert.False(names.Admits(Question("")));
        Assert.False(names.Admits(Question("example.org") with { Class = 3 }));
        Assert.Equal(["evil.org", "."], File.ReadAllLines(_notes).Except(["example.org"]));
    }

    [Fact]
    public void Admits_NamesWithoutEnd_TakeNoMemoryOrDiskWithoutEnd()
    {
        EgressNames names = Of();
        for (int i = 0; i < 5000; i++)
        {
            Assert.False(names.Admits(Question($"{i}.{new string('a', 60)}.{new string('b', 60)}.evil.org")));
        }

        Assert.InRange(new FileInfo(_notes).Length, 1, EgressNotes.Largest + 1);
        using Fd file = EgressNotes.TryOpen(_notes)!;
        EgressRefusals refusals = EgressNotes.Refusals(EgressPolicy.Parse([]), [], EgressNotes.TryRead(file));
        Assert.Equal(EgressNotes.MostNames, refusals.Names.Count);
        Assert.True(refusals.IsPartial);
    }

    [Fact]
    public void Learn_PublicAddresses_AreOpenWithTheRulesPorts()
    {
        EgressNames names = Of("example.org:443/tcp", "*.example.org:53");
        names.Learn(Question("example.org"), Answer("example.org", "192.0.2.7", "10.1.2.3", "169.254.169.254", "127.0.0.1"), [Key]);
        Assert.Equal(["192.0.2.7 . 6 . 443"], Elements("ports4"));
        names.Learn(Question("a.example.org"), Answer("a.example.org", "192.0.2.8"), [Key]);
        Assert.Equal(["192.0.2.7 . 6 . 443", "192.0.2.8 . 17 . 53", "192.0.2.8 . 6 . 53"], Elements("ports4"));

        // An answer to another question, and of another's name.
        names.Learn(Question("evil.org"), Answer("evil.org", "192.0.2.9"), [Key]);
        names.Learn(Question("example.org"), Answer("evil.org", "192.0.2.9"), [Key]);
        Assert.Equal(3, Elements("ports4").Count);
        Assert.Contains("10.1.2.3 example.org", File.ReadAllLines(_notes));
    }

    [Fact]
    public void Learn_AddressesWithoutEnd_OpenNoMoreThanTheMost()
    {
        EgressNames names = Of("example.org");
        for (int i = 0; i < EgressNames.MostAddresses / 32 + 4; i++)
        {
            names.Learn(Question("example.org"), Answer("example.org", [.. Enumerable.Range(0, 32).Select(j => $"198.51.{i}.{j}")]), [Key]);
        }

        Assert.Equal(EgressNames.MostAddresses, Elements("names4").Count);
    }

    [Fact]
    public void Learn_WhereTheRulesAreGone_OpensNothing_AndGoesOn()
    {
        EgressNames names = Of("example.org");
        _lab.Host.Tool("nft", "flush ruleset");
        names.Learn(Question("example.org"), Answer("example.org", "192.0.2.7"), [Key]);
        Assert.True(names.Admits(Question("example.org")));
    }

    private static DnsQuestion Question(string name) => new(name, DnsType.A, DnsQuestion.Internet);

    private static byte[] Answer(string name, params string[] addresses)
    {
        byte[] header = new byte[DnsHeader.Length];
        new DnsHeader(1, DnsHeader.Response, 1, (ushort)addresses.Length, 0, 0).Write(header);
        List<byte> message = [.. header, .. Name(name), 0, 1, 0, 1];
        foreach (string address in addresses)
        {
            message.AddRange([.. Name(name), 0, 1, 0, 1, 0, 0, 0, 60, 0, 4, .. IPAddress.Parse(address).GetAddressBytes()]);
        }

        return [.. message];
    }

    private static byte[] Name(string name)
    {
        byte[] bytes = new byte[DnsName.MaxLength];
        return bytes[..DnsName.Write(name, bytes)];
    }

    private EgressNames Of(params string[] rules)
    {
        EgressPolicy policy = EgressPolicy.Parse(rules);
        InternetAddress address = IPAddress.Parse(Key);
        _firewall.Confine(new ConfinedEndpoint
        {
            Key = Key,
            Bridge = "br1",
            Endpoint = new FirewallEndpoint(MacAddress.OfIPv4(address), address, null),
            Mark = 1,
            Policy = policy,
        });
        return _names = new EgressNames(policy, () => _firewall, _notes);
    }

    /// <summary>The elements of a set without their times, protocols by number.</summary>
    private List<string> Elements(string set)
    {
        string text = _lab.Host.Tool("nft", $"--numeric list set inet test-egress {set}-{Key}");
        int begin = text.IndexOf("elements = {", StringComparison.Ordinal);
        List<string> elements = [];
        foreach (string element in begin < 0 ? [] : text[(begin + 12)..text.IndexOf('}', begin)].Split(','))
        {
            elements.Add(element.Trim().Split(" timeout ")[0]);
        }

        elements.Sort(StringComparer.Ordinal);
        return elements;
    }
}
